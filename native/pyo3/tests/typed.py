"""Uses every function with its types: `mypy --strict` checks it, and a test runs it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import clawpowers
from clawpowers import types as t


def every(folder: Path, text: str) -> None:
    """Call every function in a folder that contains `skills/a-skill/SKILL.md`."""
    version: str = clawpowers.__version__
    assert version
    parsed: t.SkillParseReply = clawpowers.parse_skill(text, folder="a-skill", target="clawpowers")
    skill: t.Skill | None = parsed["skill"]
    assert skill is not None
    name: str = skill["name"]
    assert name == "a-skill"
    found: t.FeedbackDetectReply = clawpowers.detect(["success", "failure"])
    changes: list[t.Change] = found["changes"]
    assert not changes
    with clawpowers.open(folder / "home", cwd=folder, user_home=str(folder / "user")) as rt:
        runtime(rt, folder)
        skills(rt, folder / "skills" / "a-skill", text)
        store(rt)
        metrics(rt)
        feedback(rt)
        config(rt)
    try:
        rt.store.get("a")
    except clawpowers.ClosedError as error:
        code: str = error.code
        message: str = error.message
        hint: str | None = error.hint
        assert code and message and hint and error.details is None


def runtime(rt: clawpowers.Runtime, folder: Path) -> None:
    """Call the functions of the runtime itself."""
    made: t.InitReply = rt.init(legacy_shims=folder / "shims", program="clawpowers")
    shims: list[str] = made["shims"]
    assert shims
    old = folder / "old"
    old.mkdir()
    taken: t.ImportReply = rt.import_legacy(from_=old)
    keys: int = taken["keys"]
    assert keys == 0
    status: t.StatusReply = rt.status()
    database: str | None = status["database"]
    last: list[t.Execution] = status["last"]
    assert database and not last
    health: t.DoctorReply = rt.doctor(roots=[folder / "skills"], scopes=None, client=None, profile=None)
    healthy: bool = health["healthy"]
    assert healthy
    recovered: t.RecoverReply = rt.recover(str(folder / "recovered"))
    lost: int = recovered["lost_keys"]
    assert lost == 0
    raw = rt.call("status", {})
    assert raw["home"] == status["home"]


def skills(rt: clawpowers.Runtime, path: Path, text: str) -> None:
    """Call the functions about skills."""
    roots = [path.parent]
    listed: t.SkillListReply = rt.skills.list(roots=roots)
    names: list[str] = [row["name"] for row in listed["skills"]]
    assert names == ["a-skill"]
    budget: t.SkillBudgetReply = rt.skills.budget(context=200_000, roots=roots)
    fixed: t.SkillFixReply = rt.skills.fix([path], write=False)
    created: str = rt.skills.create("new-skill", dir=path.parent, description="Is new. Use it when a test asks for it.")
    parsed: t.SkillParseReply = rt.skills.parse(text, folder="a-skill", target="spec")
    prompt: t.SkillPromptReply = rt.skills.prompt(format="xml", budget=1000, roots=roots)
    read: t.SkillReadReply = rt.skills.read("a-skill", resource="SKILL.md", roots=roots)
    properties: str = rt.skills.read_properties(path)
    reference: t.SkillReferenceValidateReply = rt.skills.reference_validate(path)
    hits: list[t.Hit] = rt.skills.search("skill", limit=5, roots=roots)
    shown: t.SkillShowReply = rt.skills.show("a-skill", roots=roots)
    block: str = rt.skills.to_prompt((path, str(path)))
    validated: t.SkillValidateReply = rt.skills.validate([path], target="spec")
    why: t.SkillWhyReply = rt.skills.why("using-clawpowers", client="claude")
    replies = (budget, fixed, created, parsed, prompt, read, properties, reference, hits, shown, block, validated, why)
    assert all(replies)


def store(rt: clawpowers.Runtime) -> None:
    """Call the functions about values."""
    written: t.StoreSetReply = rt.store.set("a", b"\xff")
    count: int = written["bytes"]
    value: str | bytes = rt.store.get("a", default="none")
    assert value == b"\xff" and count == 1
    swapped: t.StoreCasReply = rt.store.cas("a", b"\xff", "1")
    current: t.StoreValue | None = swapped["current"]
    assert swapped["swapped"] and current is None
    number: int = rt.store.incr("n", by=2)
    appended: t.StoreAppendReply = rt.store.append("l", "line")
    exists: bool = rt.store.exists("l")
    deleted: bool = rt.store.delete("l")
    keys: list[str] = rt.store.list("")
    entries: list[t.StoreEntry] = rt.store.list_values("a")
    time: dt.datetime = entries[0]["updated_at"]
    assert number == 2 and appended and exists and deleted and keys == ["a", "n"] and time.tzinfo is not None
    exported: t.StoreExportReply = rt.store.export_lines("a")
    imported: t.StoreImportReply = rt.store.import_lines(exported["text"], keep=True)
    assert imported["kept"] == 1


def metrics(rt: clawpowers.Runtime) -> None:
    """Call the functions about executions."""
    at = dt.datetime(2026, 11, 3, 8, tzinfo=dt.timezone.utc)
    recorded: t.MetricsRecordReply = rt.metrics.record(
        skill="a-skill", outcome="success", duration=dt.timedelta(seconds=90), cost="0.02", tokens_in=5, at=at
    )
    when: dt.datetime = recorded["at"]
    assert when == at
    started: t.MetricsStartReply = rt.metrics.start("a-skill", session="s", agent="g")
    ended: t.Execution = rt.metrics.finish(started["id"], "failure", duration=1.5, notes="why")
    seconds: float | None = ended["duration"]
    assert seconds == 1.5
    shown: list[t.Execution] = rt.metrics.show(limit=10, skill="a-skill", since=dt.date(2026, 11, 1))
    summary: t.MetricsSummaryReply = rt.metrics.summary(outcome="success", until=at + dt.timedelta(days=1))
    figures: t.Figures = summary["all"]
    exported: t.MetricsExportReply = rt.metrics.export_lines(format="jsonl", since="2026-11-01")
    imported: t.MetricsImportReply = rt.metrics.import_lines(exported["text"])
    spare: t.MetricsStartReply = rt.metrics.start("a-skill")
    deleted: t.Execution = rt.metrics.delete(spare["id"])
    assert len(shown) == 2 and figures and imported["known"] == 2 and deleted["skill"] == "a-skill"


def feedback(rt: clawpowers.Runtime) -> None:
    """Call the functions that analyze executions."""
    analysis: t.AnalyzeReply = rt.feedback.analyze(skill="a-skill", since=dt.date(2026, 1, 1))
    first: dt.datetime | None = analysis["all"]["first_at"]
    assert first is not None
    compared: t.AnalyzeCompareReply = rt.feedback.compare("a-skill", "..2026-11-04", "2026-11-04..")
    comparison: t.Comparison | None = compared["comparison"]
    assert comparison is not None
    rt.store.set("plan:p:estimated_duration", "60")
    plan: t.AnalyzePlanReply = rt.feedback.plan("p")
    tasks: list[t.ValueLine] = plan["tasks"]
    worktrees: list[t.ValueLine] = rt.feedback.worktrees()
    found: t.FeedbackDetectReply = rt.feedback.detect(("success",) * 20)
    assert not tasks and not worktrees and found["missing"] >= 0


def config(rt: clawpowers.Runtime) -> None:
    """Call the functions about settings."""
    changed: t.ConfigSetReply = rt.config.set("profiles.dev.note", {"a": None})
    again: t.ConfigSetReply = rt.config.set("profiles.dev.note", text='"b"')
    value: object = rt.config.get("profiles.dev.note")
    listed: t.ConfigListReply = rt.config.list()
    exists: bool = listed["exists"]
    removed: t.ConfigUnsetReply = rt.config.unset("profiles.dev.note")
    assert changed and again and value == "b" and exists and removed["previous"] == "b"
