//! Chunk and block arithmetic of one file.

use crate::ids::ChunkIx;
use crate::scenario::model::File;

/// How the file is cut into chunks and blocks.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// Number of chunks.
    pub chunks: usize,
    /// Bytes in a chunk, but for the last one.
    pub chunk_bytes: u64,
    /// Bytes in the last chunk.
    pub last_chunk_bytes: u64,
    /// Bytes in a block.
    pub block_bytes: u64,
    /// Bytes in the file.
    pub file_bytes: u64,
}

impl Layout {
    /// The layout of `file`.
    #[must_use]
    pub fn new(file: &File) -> Self {
        let chunks = file.chunks();
        Self {
            chunks,
            chunk_bytes: file.chunk_size.0,
            last_chunk_bytes: file.size.0 - file.chunk_size.0 * (chunks as u64 - 1),
            block_bytes: file.block_size.0,
            file_bytes: file.size.0,
        }
    }

    /// Bytes in `chunk`.
    #[must_use]
    pub fn bytes_of(&self, chunk: ChunkIx) -> u64 {
        if chunk.ix() + 1 == self.chunks {
            self.last_chunk_bytes
        } else {
            self.chunk_bytes
        }
    }

    /// The bytes of a part of `bytes` without those of its last block: what is left of it alone is raced for in endgame.
    #[inline]
    #[must_use]
    pub fn before_last_block(&self, bytes: u64) -> u64 {
        self.whole_blocks(bytes - 1)
    }

    /// The bytes of whole blocks among the first `moved` of a part.
    #[must_use]
    pub fn whole_blocks(&self, moved: u64) -> u64 {
        moved - moved % self.block_bytes
    }

    /// Blocks that `bytes` touch.
    #[must_use]
    pub fn blocks_in(&self, bytes: u64) -> u64 {
        bytes.div_ceil(self.block_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Bytes;

    fn layout(size: u64, chunk: u64, block: u64) -> Layout {
        Layout::new(&File {
            size: Bytes(size),
            chunk_size: Bytes(chunk),
            block_size: Bytes(block),
        })
    }

    #[test]
    fn the_last_chunk_may_be_shorter() {
        let l = layout(1000, 300, 100);
        assert_eq!(l.chunks, 4);
        assert_eq!([0, 1, 2, 3].map(|c| l.bytes_of(ChunkIx(c))), [300, 300, 300, 100]);
        assert_eq!(layout(900, 300, 100).chunks, 3);
        assert_eq!(layout(900, 300, 100).last_chunk_bytes, 300);
    }

    #[test]
    fn only_whole_blocks_are_kept() {
        let l = layout(1000, 300, 100);
        assert_eq!([0, 99, 100, 250].map(|b| l.whole_blocks(b)), [0, 0, 100, 200]);
        assert_eq!([0, 1, 100, 101].map(|b| l.blocks_in(b)), [0, 1, 1, 2]);
    }
}
