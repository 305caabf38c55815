//! The numbers of each theory as options, with units as in scenarios.

use clap::Args;

use crate::theory::fit::Misfit;
use crate::theory::{guo, hajek_zhu, kurose_ross, mundinger, piatek, qiu_srikant, yang_de_veciana};
use crate::units::{Bytes, BytesPerSec, PerSec, SimDuration};

/// The value of an option that something is divided by.
fn above_zero(option: &str, value: f64) -> Result<f64, Misfit> {
    if value > 0.0 {
        Ok(value)
    } else {
        Err(Misfit(format!("{option} is 0: it must be above 0")))
    }
}

#[derive(Debug, Args)]
pub(super) struct KuroseRossNumbers {
    /// Size of the file: "180 MB"
    #[arg(long, value_name = "SIZE")]
    size: Bytes,
    /// Upload of the server: "4 Mbit/s"
    #[arg(long, value_name = "RATE")]
    server: BytesPerSec,
    /// Number of peers; several classes: give --peers, --upload and --download once for each
    #[arg(long, value_name = "N", required = true)]
    peers: Vec<u32>,
    /// Upload of a peer: "400 kbit/s"
    #[arg(long, value_name = "RATE", required = true)]
    upload: Vec<BytesPerSec>,
    /// Download of a peer [default: unlimited]
    #[arg(long, value_name = "RATE")]
    download: Vec<BytesPerSec>,
}

impl KuroseRossNumbers {
    pub(super) fn numbers(&self) -> Result<kurose_ross::Numbers, Misfit> {
        let classes = self.peers.len();
        let downloads_fit = self.download.is_empty() || self.download.len() == classes;
        if self.upload.len() != classes || !downloads_fit {
            return Err(Misfit(format!(
                "{classes} times --peers, {} times --upload and {} times --download: give all three once for each class",
                self.upload.len(),
                self.download.len()
            )));
        }
        let class = |ix: usize| kurose_ross::Class {
            peers: self.peers[ix],
            upload: self.upload[ix].0,
            download: self.download.get(ix).map_or(f64::INFINITY, |rate| rate.0),
        };
        Ok(kurose_ross::Numbers {
            file: self.size,
            server_upload: self.server.0,
            classes: (0..classes).map(class).collect(),
        })
    }
}

#[derive(Debug, Args)]
pub(super) struct QiuSrikantNumbers {
    /// Arrivals: "0.4 /s"
    #[arg(long, value_name = "FREQUENCY")]
    arrivals: PerSec,
    /// Size of the file: "100 MiB"
    #[arg(long, value_name = "SIZE")]
    size: Bytes,
    /// Upload of a peer: "1 Mbit/s"
    #[arg(long, value_name = "RATE")]
    upload: BytesPerSec,
    /// Download of a peer [default: unlimited]
    #[arg(long, value_name = "RATE")]
    download: Option<BytesPerSec>,
    /// Rate at which a leecher gives up [default: never]
    #[arg(long, value_name = "FREQUENCY")]
    abort_rate: Option<PerSec>,
    /// Mean time as a seed [default: leaves at once]
    #[arg(long, value_name = "TIME")]
    linger: Option<SimDuration>,
    /// Chunks of the file, for η [default: η = 1]
    #[arg(long, value_name = "N", requires = "neighbours")]
    chunks: Option<u32>,
    /// Neighbours of a peer, for η
    #[arg(long, value_name = "N", requires = "chunks")]
    neighbours: Option<u32>,
    /// Leechers at the start of the curve
    #[arg(long, value_name = "N", default_value_t = 0)]
    leechers: u32,
    /// Seeds at the start of the curve
    #[arg(long, value_name = "N", default_value_t = 1)]
    seeds: u32,
    /// Length of the curve
    #[arg(long, value_name = "TIME", default_value = "3 h")]
    time: SimDuration,
}

impl QiuSrikantNumbers {
    pub(super) fn numbers(&self) -> Result<qiu_srikant::Numbers, Misfit> {
        let file = above_zero("--size", self.size.0 as f64)?;
        let chunks = self
            .chunks
            .zip(self.neighbours)
            .map(|(count, neighbours)| qiu_srikant::Chunks {
                count: count as usize,
                neighbours,
            });
        Ok(qiu_srikant::Numbers {
            rates: qiu_srikant::Rates {
                arrivals: self.arrivals.0,
                upload: self.upload.0 / file,
                download: self.download.map_or(f64::INFINITY, |rate| rate.0 / file),
                aborts: self.abort_rate.unwrap_or_default().0,
                linger_s: self.linger.unwrap_or_default().as_secs_f64(),
                effectiveness: 1.0,
            },
            chunks,
            slots: None,
            start: (f64::from(self.leechers), f64::from(self.seeds)),
            horizon_s: self.time.as_secs_f64(),
            left_out: Vec::new(),
        })
    }
}

#[derive(Debug, Args)]
pub(super) struct HajekZhuNumbers {
    /// Arrivals: "1.5 /s"
    #[arg(long, value_name = "FREQUENCY")]
    arrivals: PerSec,
    /// Chunks that the seed uploads: "1 /s"
    #[arg(long, value_name = "FREQUENCY")]
    seed_chunks: PerSec,
    /// Chunks that a peer uploads: "1 /s"
    #[arg(long, value_name = "FREQUENCY")]
    peer_chunks: PerSec,
    /// Mean time as a seed [default: leaves at once]
    #[arg(long, value_name = "TIME")]
    linger: Option<SimDuration>,
}

impl HajekZhuNumbers {
    #[allow(clippy::unnecessary_wraps)] // as for every theory
    pub(super) fn numbers(&self) -> Result<hajek_zhu::Numbers, Misfit> {
        Ok(hajek_zhu::Numbers {
            arrivals: self.arrivals.0,
            seed: self.seed_chunks.0,
            peer: self.peer_chunks.0,
            linger_s: self.linger.unwrap_or_default().as_secs_f64(),
            left_out: Vec::new(),
        })
    }
}

#[derive(Debug, Args)]
pub(super) struct MundingerNumbers {
    /// Chunks of the file
    #[arg(long, value_name = "N")]
    chunks: u32,
    /// Peers that want it, besides the server
    #[arg(long, value_name = "N")]
    peers: u32,
    /// Time to send one chunk
    #[arg(long, value_name = "TIME", default_value = "1 s")]
    round: SimDuration,
}

impl MundingerNumbers {
    #[allow(clippy::unnecessary_wraps)] // as for every theory
    pub(super) fn numbers(&self) -> Result<mundinger::Numbers, Misfit> {
        Ok(mundinger::Numbers {
            chunks: u64::from(self.chunks),
            peers: u64::from(self.peers),
            round_s: self.round.as_secs_f64(),
        })
    }
}

#[derive(Debug, Args)]
pub(super) struct YangDeVecianaNumbers {
    /// Peers that come at once
    #[arg(long, value_name = "N")]
    peers: u32,
    /// Chunks of the file
    #[arg(long, value_name = "N")]
    chunks: u32,
    /// Size of the file: "100 MiB"
    #[arg(long, value_name = "SIZE")]
    size: Bytes,
    /// Upload of a peer: "1 Mbit/s"
    #[arg(long, value_name = "RATE")]
    upload: BytesPerSec,
}

impl YangDeVecianaNumbers {
    pub(super) fn numbers(&self) -> Result<yang_de_veciana::Numbers, Misfit> {
        Ok(yang_de_veciana::Numbers {
            peers: f64::from(self.peers),
            chunks: f64::from(self.chunks),
            file_s: above_zero("--size", self.size.0 as f64)? / above_zero("--upload", self.upload.0)?,
        })
    }
}

#[derive(Debug, Args)]
pub(super) struct GuoNumbers {
    /// Arrivals at the start: "0.5 /s"
    #[arg(long, value_name = "FREQUENCY")]
    initial_rate: PerSec,
    /// Time in which they fall to 1/e: "1 h"
    #[arg(long, value_name = "TIME")]
    decay: SimDuration,
    /// Mean time as a seed: "2 min"
    #[arg(long, value_name = "TIME")]
    linger: SimDuration,
}

impl GuoNumbers {
    #[allow(clippy::unnecessary_wraps)] // as for every theory
    pub(super) fn numbers(&self) -> Result<guo::Numbers, Misfit> {
        Ok(guo::Numbers {
            initial_per_sec: self.initial_rate.0,
            decay_s: self.decay.as_secs_f64(),
            linger_s: self.linger.as_secs_f64(),
            left_out: Vec::new(),
        })
    }
}

#[derive(Debug, Args)]
pub(super) struct PiatekNumbers {
    /// Share of a class of peers; give --share and --upload once for each class
    #[arg(long, value_name = "SHARE", required = true)]
    share: Vec<f64>,
    /// Upload of a peer of that class: "400 kbit/s"
    #[arg(long, value_name = "RATE", required = true)]
    upload: Vec<BytesPerSec>,
}

impl PiatekNumbers {
    pub(super) fn numbers(&self) -> Result<piatek::Numbers, Misfit> {
        if self.share.len() != self.upload.len() {
            return Err(Misfit(format!(
                "{} times --share and {} times --upload: give both once for each class",
                self.share.len(),
                self.upload.len()
            )));
        }
        let class = |(&share, rate): (&f64, &BytesPerSec)| piatek::Class { share, upload: rate.0 };
        Ok(piatek::Numbers {
            classes: self.share.iter().zip(&self.upload).map(class).collect(),
        })
    }
}
