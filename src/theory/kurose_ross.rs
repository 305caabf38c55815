//! How long a file takes to reach all peers, from a server alone and with the peers' help.

use super::fit::{self, Misfit, misfit, positive};
use super::report::{Curve, Line, Report};
use crate::metrics::bound::{Needs, Uploads};
use crate::scenario::Scenario;
use crate::units::Bytes;

/// Where it comes from.
pub const SOURCE: &str = "Kurose & Ross, section 2.5; Kumar & Ross 2006";

/// A curve has no more rows than this.
const ROWS_MAX: u64 = 1000;

/// What the theory needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbers {
    /// F.
    pub file: Bytes,
    /// `u_s`, bytes per second.
    pub server_upload: f64,
    /// The peers, which all lack the whole file at time 0.
    pub classes: Vec<Class>,
}

/// Peers with the same capacities.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Class {
    /// How many.
    pub peers: u32,
    /// `u_i`, bytes per second; 0 for those that never upload.
    pub upload: f64,
    /// `d_i`, bytes per second; infinite when unlimited.
    pub download: f64,
}

impl Numbers {
    /// The numbers of `scenario`.
    ///
    /// # Errors
    /// When the theory does not speak of such a swarm.
    pub fn from_scenario(scenario: &Scenario) -> Result<Self, Misfit> {
        let class = |group| {
            let (upload, download) = fit::capacity(group)?;
            Ok(Class {
                peers: fit::count(group)?,
                upload: if Uploads::of(group).leechers { upload } else { 0.0 },
                download,
            })
        };
        let mut classes = fit::leechers(scenario)?
            .into_iter()
            .map(class)
            .collect::<Result<Vec<_>, _>>()?;
        // A strategy of a mix that nobody plays limits nothing.
        classes.retain(|class| class.peers > 0);
        Ok(Self {
            file: scenario.file.size,
            server_upload: fit::seed_upload(scenario)?,
            classes,
        })
    }

    /// What the theory says.
    ///
    /// # Errors
    /// When a number is out of range.
    pub fn report(&self) -> Result<Report, Misfit> {
        self.check()?;
        let (peers, upload, download) = (self.peers(), self.upload(), self.slowest_download());
        let (server, p2p) = (self.client_server_s(1.0), self.p2p_s(1.0));
        let mut notes =
            vec!["D_P2P is a lower bound for any protocol, reached where peers stay and share fluid".to_owned()];
        if self.classes.iter().any(|class| class.upload == 0.0) {
            notes.push("peers that never upload count with u = 0".to_owned());
        }
        Ok(Report {
            theory: "kurose-ross",
            source: SOURCE,
            given: vec![
                Line::given("N", "peers that want the file", peers, ""),
                Line::given("F", "file size", self.file.0 as f64, "B"),
                Line::given("u_s", "upload of the server", self.server_upload, "B/s"),
                Line::given("Σu", "upload of all peers together", upload, "B/s"),
                Line::given("d_min", "slowest download", download, "B/s"),
            ],
            results: vec![
                Line::result(
                    "KR-1",
                    "D_cs",
                    "client-server time",
                    "max(N·F/u_s, F/d_min)",
                    (server, "s"),
                ),
                Line::result(
                    "KR-2",
                    "D_P2P",
                    "peer-to-peer time",
                    "max(F/u_s, F/d_min, N·F/(u_s+Σu))",
                    (p2p, "s"),
                ),
                Line::result("KR-3", "D_cs/D_P2P", "what sharing gains", "", (server / p2p, "")),
                Line::word(
                    "KR-7",
                    "cs limit",
                    "what limits client-server",
                    "u_s/N against d_min",
                    self.server_limit(),
                ),
                Line::word(
                    "KR-7",
                    "P2P limit",
                    "what limits peer-to-peer",
                    "the largest term of KR-2",
                    self.p2p_limit(),
                ),
                Line::result(
                    "KR-8",
                    "edges",
                    "connections of a full mesh of N peers",
                    "N·(N−1)/2",
                    (peers * (peers - 1.0) / 2.0, ""),
                ),
            ],
            notes,
            curve: Some(self.curve()),
        })
    }

    fn check(&self) -> Result<(), Misfit> {
        positive("the file size", self.file.0 as f64)?;
        positive("the upload of the server", self.server_upload)?;
        if self.peers() == 0.0 {
            return misfit("there are no peers");
        }
        for class in &self.classes {
            if class.download <= 0.0 {
                return misfit("a download is 0: nobody would ever have the file");
            }
        }
        Ok(())
    }

    fn peers(&self) -> f64 {
        self.classes.iter().map(|class| f64::from(class.peers)).sum()
    }

    fn upload(&self) -> f64 {
        let sum = self.classes.iter().map(|class| f64::from(class.peers) * class.upload);
        sum.sum()
    }

    fn slowest_download(&self) -> f64 {
        self.classes
            .iter()
            .map(|class| class.download)
            .fold(f64::INFINITY, f64::min)
    }

    /// KR-1 with `scale` times as many peers.
    fn client_server_s(&self, scale: f64) -> f64 {
        let file = self.file.0 as f64;
        (scale * self.peers() * file / self.server_upload).max(file / self.slowest_download())
    }

    /// KR-2 with `scale` times as many peers.
    fn p2p_s(&self, scale: f64) -> f64 {
        let file = self.file.0 as f64;
        Needs {
            from_seeds_bytes: file,
            missing_bytes: scale * self.peers() * file,
            slowest_download_s: file / self.slowest_download(),
            seed_upload: self.server_upload,
            upload: self.server_upload + scale * self.upload(),
        }
        .seconds()
    }

    fn server_limit(&self) -> &'static str {
        if self.server_upload / self.peers() <= self.slowest_download() {
            "server's upload"
        } else {
            "slowest download"
        }
    }

    fn p2p_limit(&self) -> &'static str {
        let file = self.file.0 as f64;
        let time = self.p2p_s(1.0);
        if time <= file / self.server_upload {
            "server's upload"
        } else if time <= file / self.slowest_download() {
            "slowest download"
        } else {
            "upload of all"
        }
    }

    /// Both times from one peer up to N, in the mix of the classes: the figure of the textbook.
    fn curve(&self) -> Curve {
        let peers = self.peers() as u64;
        let step = peers.div_ceil(ROWS_MAX).max(1);
        let last = (!peers.is_multiple_of(step)).then_some(peers);
        let row = |n: u64| {
            let scale = n as f64 / self.peers();
            vec![n as f64, self.client_server_s(scale), self.p2p_s(scale)]
        };
        Curve {
            columns: vec!["peers", "client_server_s", "p2p_s"],
            rows: (1..=peers / step).map(|n| n * step).chain(last).map(row).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MBIT: f64 = 125_000.0;

    #[test]
    fn a_curve_has_few_rows_of_any_number_of_peers() {
        for (peers, rows, second) in [
            (1, 1, None),
            (1000, 1000, Some(2.0)),
            (1001, 501, Some(4.0)),
            (u32::MAX, 1000, Some(8_589_936.0)),
        ] {
            let curve = swarm(1000, 1.0, peers, 1.0, 1.0).curve();
            assert_eq!(curve.rows.len(), rows, "{peers}");
            assert_eq!(curve.rows.get(1).map(|row| row[0]), second);
            assert_eq!(curve.rows.last().map(|row| row[0]), Some(f64::from(peers)));
        }
    }

    fn swarm(file_bytes: u64, server_mbit: f64, peers: u32, upload_mbit: f64, download_mbit: f64) -> Numbers {
        Numbers {
            file: Bytes(file_bytes),
            server_upload: server_mbit * MBIT,
            classes: vec![Class {
                peers,
                upload: upload_mbit * MBIT,
                download: download_mbit * MBIT,
            }],
        }
    }

    fn times(numbers: &Numbers) -> (f64, f64) {
        let report = numbers.report().expect("it fits");
        (report.number("D_cs"), report.number("D_P2P"))
    }

    #[test]
    fn the_figure_of_the_textbook() {
        // KR-3: F/u = 1 h, u_s = 10u; client-server hours, peer-to-peer minutes.
        let figure = [
            (1, 0.1, 6.0),
            (5, 0.5, 20.0),
            (10, 1.0, 30.0),
            (20, 2.0, 40.0),
            (30, 3.0, 45.0),
            (35, 3.5, 46.67),
            (100, 10.0, 54.55),
            (1000, 100.0, 59.41),
        ];
        for (peers, hours, minutes) in figure {
            let (server, p2p) = times(&swarm(180_000_000, 4.0, peers, 0.4, 4.0));
            assert!((server / 3600.0 - hours).abs() < 1e-9, "{peers}: {server}");
            assert!((p2p / 60.0 - minutes).abs() < 0.005, "{peers}: {p2p}");
        }
    }

    #[test]
    fn problem_22_of_the_eighth_edition() {
        // KR-4: F = 10 Gbit, u_s = 1 Gbit/s, d = 200 Mbit/s; by N and u.
        let table = [
            (10, 2.0, 100.0, 98.039),
            (10, 10.0, 100.0, 90.909),
            (10, 100.0, 100.0, 50.0),
            (100, 2.0, 1000.0, 833.333),
            (100, 10.0, 1000.0, 500.0),
            (100, 100.0, 1000.0, 90.909),
            (1000, 2.0, 10_000.0, 3333.333),
            (1000, 10.0, 10_000.0, 909.091),
            (1000, 100.0, 10_000.0, 99.0099),
        ];
        for (peers, upload, server, p2p) in table {
            let got = times(&swarm(1_250_000_000, 1000.0, peers, upload, 200.0));
            assert!(
                (got.0 - server).abs() < 1e-6 && (got.1 - p2p).abs() < 1e-3,
                "{peers} {upload}: {got:?}"
            );
        }
    }

    #[test]
    fn regimes_change_at_their_thresholds() {
        let limits = |server, peers, upload, download| {
            let report = swarm(1_000_000, server, peers, upload, download)
                .report()
                .expect("it fits");
            (report.text("cs limit"), report.text("P2P limit"))
        };
        assert_eq!(limits(10.0, 10, 1.0, 2.5), ("server's upload", "upload of all"));
        assert_eq!(limits(10.0, 2, 1.0, 2.0), ("slowest download", "slowest download"));
        // u_s ≤ (u_s + Σu)/N: 1 ≤ (1 + 10·2)/10.
        assert_eq!(limits(1.0, 10, 2.0, 5.0), ("server's upload", "server's upload"));
    }

    #[test]
    fn a_full_mesh_has_an_edge_for_each_pair() {
        let report = swarm(1_000_000, 1.0, 10, 1.0, 1.0).report().expect("it fits");
        assert_eq!(report.number("edges"), 45.0);
    }

    #[test]
    fn classes_add_up() {
        let mut mixed = swarm(1_000_000, 1.0, 10, 1.0, 8.0);
        mixed.classes.push(Class {
            peers: 10,
            upload: 0.0,
            download: 2.0 * MBIT,
        });
        // 20 · 8 Mbit / (1 + 10) Mbit/s
        assert!((times(&mixed).1 - 160.0 / 11.0).abs() < 1e-9);
        let curve = mixed.report().expect("it fits").curve.expect("a curve");
        assert_eq!(curve.rows.len(), 20);
        assert_eq!(curve.rows[19][0], 20.0);
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(swarm(0, 1.0, 1, 1.0, 1.0).report().is_err());
        assert!(swarm(1, 0.0, 1, 1.0, 1.0).report().is_err());
        assert!(swarm(1, 1.0, 0, 1.0, 1.0).report().is_err());
        assert!(swarm(1, 1.0, 1, 1.0, 0.0).report().is_err());
    }
}
