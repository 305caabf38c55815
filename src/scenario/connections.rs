//! How many connections a peer opens and accepts.

/// Limits on the connections of a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connections {
    /// A peer opens connections only while it has fewer than this.
    pub initiate: u32,
    /// A peer accepts connections while it has fewer than this.
    pub accept: u32,
    /// What it does when it has as many and another one comes.
    pub when_full: WhenFull,
}

/// What a peer does that has as many connections as it accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenFull {
    /// It refuses more.
    Refuse,
    /// It accepts, and closes one at random, be it the new one.
    DropRandom,
}

impl Connections {
    /// The most that a peer can have, for an instant.
    #[must_use]
    pub fn most(self) -> u32 {
        let most = self.accept.max(self.initiate);
        match self.when_full {
            WhenFull::Refuse => most,
            WhenFull::DropRandom => most + 1,
        }
    }
}
