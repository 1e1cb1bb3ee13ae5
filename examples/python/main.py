"""Loads the bundled skills, records executions of two of them, and prints the analysis."""

import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

import clawpowers


def percent(share: float) -> str:
    return f"{share * 100:.0f}%"


with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    with clawpowers.open(folder / "home", cwd=folder, user_home=folder) as rt:
        skills = rt.skills.list()["skills"]
        print(f"{len(skills)} skills: {', '.join(skill['name'] for skill in skills)}")

        for run in range(60):
            at = datetime(2026, 1, 1, tzinfo=timezone.utc) + timedelta(hours=run)
            slip = run % 10 == 9
            rt.metrics.record(skill="systematic-debugging", outcome="failure" if slip else "success", at=at)
            worse = run >= 30 and run % 3 != 0
            rt.metrics.record(skill="deep-debugger", outcome="failure" if slip or worse else "success", at=at)

        analysis = rt.feedback.analyze()
        for one in analysis["skills"]:
            rate = one["rate"]
            interval = f"{percent(rate['low'])} to {percent(rate['high'])}"
            print(f"{one['skill']}: {rate['success']} of {rate['total']}, {interval}")
        for recommendation in analysis["recommendations"]:
            print(f"{recommendation['skill']}: {recommendation['text']}")
