//! The scenario's words for rules, where results name them too.

use super::model::Choking;

impl Choking {
    /// The scenario's word for this rule.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::TitForTat(_) => "tit-for-tat",
            Self::Fastest(_) => "fastest",
            Self::RoundRobin { .. } => "round-robin",
            Self::RoundRobinQuota { .. } => "round-robin-quota",
            Self::Random { .. } => "random",
            Self::PropShare(_) => "propshare",
            Self::BitTyrant(_) => "bittyrant",
            Self::FairTorrent { .. } => "fairtorrent",
            Self::Libtorrent { .. } => "libtorrent",
            Self::TitForTatBlock { .. } => "tit-for-tat-block",
            Self::Birds { .. } => "birds",
            Self::Altruist => "altruist",
            Self::FreeRider => "free-rider",
            Self::Own(name) => name,
        }
    }
}
