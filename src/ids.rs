//! Typed indices. A peer, a directed link, a flow and a chunk can't be mixed up.

/// Defines a `u32` index newtype with the few operations that columns need.
macro_rules! index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// Stands for "none" where an `Option` would cost memory in a column.
            pub const NONE: Self = Self(u32::MAX);

            /// The index as a `usize`, to look into a column.
            #[must_use]
            pub const fn ix(self) -> usize {
                self.0 as usize
            }

            /// The index from a `usize`.
            ///
            /// # Panics
            /// In debug builds when `ix` needs more than 32 bits; scenario limits keep it below.
            #[must_use]
            pub const fn from_ix(ix: usize) -> Self {
                debug_assert!(ix < u32::MAX as usize);
                Self(ix as u32)
            }

            /// Whether this is [`Self::NONE`].
            #[must_use]
            pub const fn is_none(self) -> bool {
                self.0 == u32::MAX
            }

            /// Whether this is an index, not [`Self::NONE`].
            #[must_use]
            pub const fn is_some(self) -> bool {
                self.0 != u32::MAX
            }
        }
    };
}

index! {
    /// Place of a peer that is in the swarm now. Reused after the peer has left.
    PeerIx
}
index! {
    /// Ordinal of a peer over the whole run, in order of arrival; never reused. The `peer` column of the CSV.
    PeerId
}
index! {
    /// One direction of a connection: the end that its owner holds towards one neighbour.
    LinkIx
}
index! {
    /// A running transfer in the bandwidth allocation.
    FlowIx
}
index! {
    /// A chunk of the file, `0..chunks`.
    ChunkIx
}
index! {
    /// A group of the scenario, in the order of the file.
    GroupIx
}
