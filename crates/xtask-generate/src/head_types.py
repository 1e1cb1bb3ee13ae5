"""The types of replies."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal, TypeAlias, TypedDict
