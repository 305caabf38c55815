//! Marks on the ends of connections, all in a byte.

/// What is known of one end in a byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks(u8);

impl Marks {
    /// The neighbour may want something that the owner has or is being sent it; see [`Swarm::is_served_or_waits`](crate::swarm::Swarm::is_served_or_waits).
    pub const MAY_WANT: u8 = 1;
    /// The owner unchokes the neighbour.
    pub const UNCHOKING: u8 = 2;
    /// The slot was given at random.
    pub const OPTIMISTIC: u8 = 4;
    /// The owner has unchoked the neighbour at some time.
    pub const SERVED: u8 = 8;
    /// The owner unchokes the neighbour, whose first request is still on its way.
    pub const AWAITING: u8 = 16;

    pub const fn has(self, mark: u8) -> bool {
        self.0 & mark != 0
    }

    pub fn set(&mut self, mark: u8, on: bool) {
        self.0 = if on { self.0 | mark } else { self.0 & !mark };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_do_not_touch_each_other() {
        let mut marks = Marks::default();
        marks.set(Marks::UNCHOKING, true);
        marks.set(Marks::OPTIMISTIC, true);
        marks.set(Marks::UNCHOKING, false);
        assert!(marks.has(Marks::OPTIMISTIC) && !marks.has(Marks::UNCHOKING) && !marks.has(Marks::MAY_WANT));
        marks.set(Marks::MAY_WANT, true);
        marks.set(Marks::OPTIMISTIC, false);
        assert_eq!(marks, Marks(Marks::MAY_WANT));
        marks.set(Marks::AWAITING | Marks::SERVED, true);
        marks.set(Marks::UNCHOKING | Marks::AWAITING, false);
        assert_eq!(marks, Marks(Marks::MAY_WANT | Marks::SERVED));
    }
}
