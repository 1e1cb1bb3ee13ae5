//! Reports which skills work and which got worse.

use super::input::{Period, counted, unknown, with_saved};
use crate::runtime::Runtime;
use crate::wire::{self, Result, execution::bound};
use clawpowers_executor::histogram::middle;
use clawpowers_executor::ledger::{ModelCount, SkillStats};
use clawpowers_executor::{Db, Timestamp};
use clawpowers_feedback::{
    Input, Recommendation, SavedHistory, SessionCount, SkillAnalysis, VersionCount, first_day, recommend,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The number of last executions of a skill whose models are counted.
const LAST_WITH_MODELS: usize = 100;
/// The number of failing skills whose failures are read: the most urgent ones.
const MOST_WITH_EVIDENCE: usize = 10;

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Report on this skill only.
    pub skill: Option<String>,
    /// Ignore executions before this time: a time, a date, or how long ago (`7d`).
    #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "time")))]
    pub since: Option<String>,
    /// Report as of this time: ignore executions at this time or later.
    #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "time")))]
    pub until: Option<String>,
    /// Count the models of each skill's last 100 executions.
    #[serde(default)]
    pub models: bool,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The time of the report: `until` if it is given, else now.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    pub as_of: String,
    /// The start of the requested period.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    pub since: Option<String>,
    pub all: wire::Figures,
    /// One entry for each skill, sorted by name.
    pub skills: Vec<SkillReport>,
    /// Recommendations, the most urgent first.
    pub recommendations: Vec<Recommendation>,
}

/// The report on one skill.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SkillReport {
    pub skill: String,
    pub figures: wire::Figures,
    /// What follows from its executions.
    #[serde(flatten)]
    pub analysis: SkillAnalysis,
    /// The models of its last 100 executions, the most used first; empty unless `models` is set.
    pub models: Vec<Model>,
}

/// A model and how its executions of a skill ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Model {
    pub model: String,
    pub success: u64,
    /// Executions that count for a rate: all but skipped and open ones.
    pub total: u64,
}

/// Analyzes the executions. Those that an earlier analysis covers are not read again.
///
/// # Errors
///
/// `not_found` for a skill without executions; `storage` if they cannot be read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let now = Timestamp::now();
    let period = Period {
        since: bound(request.since.as_deref(), now)?,
        until: bound(request.until.as_deref(), now)?,
    };
    let analysis = Analysis {
        now,
        as_of: period.until.unwrap_or(now),
        period,
        models: request.models,
    };
    let found = runtime.with_existing_db(|db| analysis.run(db, request.skill.as_deref()))?;
    let (all, skills, recommendations) = match (found, &request.skill) {
        (Some(found), _) => found,
        (None, Some(skill)) => return Err(unknown(skill, &[])),
        (None, None) => Default::default(),
    };
    Ok(Response {
        as_of: analysis.as_of.to_string(),
        since: period.since.map(|since| since.to_string()),
        all: wire::Figures::from(&all),
        skills,
        recommendations,
    })
}

/// One analysis of all skills or of one.
struct Analysis {
    now: Timestamp,
    as_of: Timestamp,
    period: Period,
    models: bool,
}

/// The statistics of all executions together, the report on each skill, and the recommendations.
type Analyzed = (SkillStats, Vec<SkillReport>, Vec<Recommendation>);

impl Analysis {
    fn run(&self, db: &mut Db, skill: Option<&str>) -> Result<Analyzed> {
        let mut figures = db.ledger().stats(&self.period.filter(None))?;
        if let Some(skill) = skill {
            if !figures.iter().any(|one| one.skill == skill) {
                return Err(unknown(skill, &figures));
            }
            figures.retain(|one| one.skill == skill);
        }
        let days = self.period.days(db, &figures, first_day(self.as_of.micros()))?;
        let mut days_of: BTreeMap<&str, Vec<(i64, [i64; 4])>> = BTreeMap::new();
        for day in &days {
            let days = days_of.entry(&day.skill).or_default();
            days.push((day.day, day.outcomes));
        }
        let analyze = |db: &mut Db, one: &SkillStats, saved: Option<&SavedHistory>| {
            let durations = one
                .durations
                .iter()
                .map(|(bucket, count)| (middle(*bucket), *count));
            let durations: Vec<_> = durations.collect();
            let tokens = one.tokens;
            let (success, total) = counted(one);
            let input = Input {
                success,
                total,
                cost: (one.cost.count > 0).then(|| one.cost.total as f64 / 1e9),
                tokens: (tokens.count > 0).then_some(tokens.input as f64 + tokens.output as f64),
                last_day: one.period.map(|(_, last)| last.day()),
                days: days_of.get(one.skill.as_str()).map_or(&[], Vec::as_slice),
                durations: &durations,
                now: self.now.micros(),
                as_of: self.as_of.micros(),
                format_time: |micros| Timestamp::from_micros(micros).to_string(),
            };
            let after = |position| self.period.observations(db, &one.skill, position);
            clawpowers_feedback::analyze(&input, saved, after)
        };
        let analyses = match self.period.is_all() {
            true => with_saved(db, &figures, analyze)?,
            false => {
                let one = |one| Ok(analyze(db, one, None)?.0);
                figures.iter().map(one).collect::<Result<_>>()?
            }
        };
        let mut all = SkillStats::default();
        let mut skills = Vec::new();
        for (one, analysis) in figures.iter().zip(analyses) {
            all.merge(one);
            skills.push(SkillReport {
                skill: one.skill.clone(),
                figures: wire::Figures::from(one),
                models: self.models(db, &one.skill)?,
                analysis,
            });
        }
        let recommendations = self.recommendations(db, &skills)?;
        Ok((all, skills, recommendations))
    }

    fn models(&self, db: &mut Db, skill: &str) -> Result<Vec<Model>> {
        if !self.models {
            return Ok(Vec::new());
        }
        let Period { since, until } = self.period;
        let found = db
            .ledger()
            .models(skill, since, until, LAST_WITH_MODELS)?
            .into_iter();
        let model = |found: ModelCount| Model {
            model: found.model,
            success: found.success,
            total: found.total,
        };
        Ok(found.map(model).collect())
    }

    fn recommendations(&self, db: &mut Db, skills: &[SkillReport]) -> Result<Vec<Recommendation>> {
        let recommended =
            |one: &SkillReport| Some((one.analysis.idle, recommend(&one.skill, &one.analysis)?));
        let mut found: Vec<_> = skills.iter().filter_map(recommended).collect();
        // Skills that are no longer used are the least urgent.
        found.sort_by_key(|(idle, one)| (*idle, one.kind));
        let mut found: Vec<Recommendation> = found.into_iter().map(|(_, one)| one).collect();
        let failing = found.iter_mut().filter(|one| one.kind.is_failing());
        for one in failing.take(MOST_WITH_EVIDENCE) {
            one.notes = self.period.common_notes(db, &one.skill)?;
            let [session, version] = self.period.clusters(db, &one.skill)?;
            one.session = session.map(|found| SessionCount {
                session: found.name,
                failures: found.failures,
                total: found.total,
            });
            one.failing_version = version.map(|found| VersionCount {
                version: found.name,
                failures: found.failures,
                total: found.total,
            });
            if let Some(since) = one.since.as_deref().map(Timestamp::parse).transpose()? {
                one.version = self.period.new_version(db, &one.skill, since)?;
            }
        }
        Ok(found)
    }
}
