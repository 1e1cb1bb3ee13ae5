//! Which skills work and which got worse: rates with their intervals, changes with a known error rate, comparisons.
//!
//! Everything is a function of its arguments: no file, no clock, no randomness. Elementary functions come from `libm`, so that
//! every platform finds the same changes in the same outcomes.
//!
//! # Examples
//!
//! ```
//! use clawpowers_feedback::{Detector, Direction, wilson};
//!
//! let mut detector = Detector::new();
//! let mut found = None;
//! for number in 0..200 {
//!     // Nine of ten succeed at first, every second one later.
//!     let success = if number < 100 { number % 10 != 0 } else { number % 2 == 0 };
//!     found = found.or(detector.push(success));
//! }
//! let change = found.ok_or("nothing found")?;
//! assert_eq!(change.direction, Direction::Drop);
//! assert!(change.at.abs_diff(100) < 10 && change.found < 140);
//!
//! let interval = wilson(45, 50);
//! assert!(interval.low > 0.78 && interval.high < 0.96);
//! # Ok::<(), &str>(())
//! ```
#![forbid(unsafe_code)]

mod clusters;
mod compare;
mod detect;
mod history;
mod notes;
mod rate;
mod recommend;
mod report;

pub use clusters::{Cluster, cluster, first_new};
pub use compare::{Comparison, SignificanceTest, compare};
pub use detect::{Change, Detector, Direction, MIN_EXECUTIONS, detect};
pub use history::{History, Observation, Position, SavedHistory};
pub use notes::{NoteCount, common_notes};
pub use rate::{Interval, Rate, Tier, surely_low, wilson};
pub use recommend::{Certainty, Recommendation, RecommendationKind, SessionCount, VersionCount, recommend};
pub use report::{Bin, ChangeReport, Input, SkillAnalysis, Week, analyze, first_day};

/// Writes the values of enums as they are in replies.
macro_rules! display {
    ($($type:ty),*) => {$(
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                serde::Serialize::serialize(self, f)
            }
        }
    )*};
}

display!(Direction, RecommendationKind, SignificanceTest, Tier);
