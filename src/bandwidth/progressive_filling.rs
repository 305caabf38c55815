//! The obvious way to max-min fair rates: raise all flows together and stop those that hit a limit.
//!
//! Progressive filling (Bertsekas & Gallager 1992, section 6.5.2), weighted: all flows start at zero and
//! grow in proportion to their weights. When a link is full, its flows stop; the others grow on. It looks
//! at everything in each round, so it is slow and easy to believe: the tests compare [`MaxMin`] with it.
//!
//! [`MaxMin`]: super::MaxMin

/// A flow to be given a rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Demand {
    /// Place of its sender in the upload capacities.
    pub up: usize,
    /// Place of its receiver in the download capacities.
    pub down: usize,
    /// Its weight, above zero.
    pub weight: f64,
    /// The most that it may have in bytes/s; may be infinite.
    pub cap: f64,
}

/// Rates of the flows in bytes/s, in their order. Capacities are in bytes/s; downloads may be infinite.
///
/// # Panics
/// If a flow has no limit at all.
#[must_use]
pub fn rates(uploads: &[f64], downloads: &[f64], flows: &[Demand]) -> Vec<f64> {
    let mut up: Vec<Room> = uploads.iter().map(|&capacity| Room::new(capacity)).collect();
    let mut down: Vec<Room> = downloads.iter().map(|&capacity| Room::new(capacity)).collect();
    for flow in flows {
        up[flow.up].weight += flow.weight;
        up[flow.up].growing += 1;
        down[flow.down].weight += flow.weight;
        down[flow.down].growing += 1;
    }
    let mut rates = vec![0.0; flows.len()];
    let mut growing: Vec<usize> = (0..flows.len()).collect();
    while !growing.is_empty() {
        let limit = |ix: usize| {
            let flow = &flows[ix];
            up[flow.up]
                .level()
                .min(down[flow.down].level())
                .min(flow.cap / flow.weight)
        };
        let level = growing.iter().map(|&ix| limit(ix)).fold(f64::INFINITY, f64::min);
        assert!(level.is_finite(), "every flow has a limit");
        let (stop, grow): (Vec<usize>, Vec<usize>) = growing.iter().partition(|&&ix| limit(ix) <= level);
        for ix in stop {
            let flow = &flows[ix];
            rates[ix] = flow.weight * level;
            up[flow.up].stop(flow.weight, rates[ix]);
            down[flow.down].stop(flow.weight, rates[ix]);
        }
        growing = grow;
    }
    rates
}

/// What a link has left for the flows that still grow.
#[derive(Clone, Copy)]
struct Room {
    capacity: f64,
    weight: f64,
    growing: usize,
}

impl Room {
    const fn new(capacity: f64) -> Self {
        Self {
            capacity,
            weight: 0.0,
            growing: 0,
        }
    }

    /// Rate per unit of weight at which the link is full.
    fn level(self) -> f64 {
        (self.capacity / self.weight).max(0.0)
    }

    fn stop(&mut self, weight: f64, rate: f64) {
        self.capacity -= rate;
        self.growing -= 1;
        // The last one leaves exactly nothing, whatever the rounding of the others.
        self.weight = if self.growing == 0 { 0.0 } else { self.weight - weight };
    }
}
