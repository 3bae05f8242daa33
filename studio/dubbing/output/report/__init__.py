"""The report of a dub: its facts, its page, its judgement."""

from studio.dubbing.output.report.facts import DubReport, Limits, LineReport, strict_failures
from studio.dubbing.output.report.page import write_report

__all__ = ["DubReport", "Limits", "LineReport", "strict_failures", "write_report"]
