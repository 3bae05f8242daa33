"""The report of a dub as one page: nothing in it comes from elsewhere, but the clips in the folder beside it."""

from __future__ import annotations

import math
from html import escape
from pathlib import Path
from urllib.parse import quote

from studio.dubbing.output.report.facts import DubReport, LineReport, whole_failures
from studio.dubbing.output.report.feelings import felt
from studio.dubbing.output.report.timeline import clock, timelines
from studio.media.files import check_place, written_whole

_MOST_FAILURES = 8
_HATCH = (
    '<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs><pattern id="hatch" width="6" '
    'height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="2.2" height="6" '
    'fill="#fff" opacity=".22"/></pattern></defs></svg>'
)
_COLUMNS = ("Line", "At", "Said", "Length in slot", "Speed", "Start", "WER", "Felt", "Loudness", "Listen")


def write_report(report: DubReport, path: str | Path) -> Path:
    """Write the page, and report.json beside it (named after the page); both or neither.

    Raises InputError when the place can't be written.
    """
    path = Path(path)
    check_place(path, ".html")
    page = _page(report)
    with written_whole(path.with_suffix(".json")) as json_part, written_whole(path) as part:
        json_part.write_text(report.to_json(), encoding="utf-8")
        part.write_text(page, encoding="utf-8")
    return path


def _page(report: DubReport) -> str:
    here = Path(__file__)
    style, script = (here.with_suffix(s).read_text(encoding="utf-8") for s in (".css", ".js"))
    language = f' lang="{escape(report.language)}"' if report.language else ""
    rows = "".join(_line(line, report, language) for line in report.lines)
    speakers = "".join(f"<option>{escape(s)}</option>" for s in report.speakers)
    columns = "".join(f'<th scope="col"{_class_of(c)}>{c}</th>' for c in _COLUMNS)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>{escape(report.film)}: report of the dub</title>
<style>{style}</style>
</head>
<body>
{_HATCH}
<a class="skip" href="#lines">To the lines</a>
<main>
<p class="over">Report of a dub</p>
<h1>{escape(report.film)}</h1>
<p class="under">{escape(_about(report))}</p>
{_verdict(report)}
{_tiles(report)}
<h2>Timeline</h2>
<div class="timeline">{_legend(report)}{"".join(timelines(report))}</div>
<h2 id="lines">Lines</h2>
<div class="tools" hidden>
<span class="switch" role="group" aria-label="Which lines"><button type="button">All</button>\
<button type="button">Problems and repairs</button></span>
<label>Speaker <select id="speaker"><option value="">everyone</option>{speakers}</select></label>
<label>Search <input id="search" type="search" placeholder="words, emotion, number"></label>
<output id="count"></output>
</div>
<div class="scroll"><table><thead><tr>{columns}</tr></thead>{rows}</table>
<p class="none" hidden>No line is like that.</p></div>
{_rest(report)}
</main>
<script>{script}</script>
</body>
</html>
"""


_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; media-src 'self' file:"


def _about(report: DubReport) -> str:
    count = len(report.speakers)
    parts = [f"{clock(report.seconds)} long", f"{len(report.lines)} lines"]
    parts.append("one speaker" if count == 1 else f"{count} speakers")
    return f"Dubbed{f' in {report.language}' if report.language else ''} as {report.out}: {', '.join(parts)}."


def _verdict(report: DubReport) -> str:
    total, wrong = len(report.lines), len(report.problems)
    mended = sum(bool(line.done) for line in report.lines if line.number not in report.problems)
    share = (total - wrong) / total if total else 1.0
    around = 2 * math.pi * 32
    said = "Every line fits" if not wrong else f"{total - wrong} of {total} lines fit"
    also = []
    if wrong:
        also.append("one is outside the limits" if wrong == 1 else f"{wrong} are outside the limits")
    if mended:
        also.append("one was made to fit" if mended == 1 else f"{mended} were made to fit")
    return (
        f'<div class="verdict"><svg class="ring" viewBox="0 0 76 76" aria-hidden="true">'
        f'<circle class="all" cx="38" cy="38" r="32"/><circle class="fit" cx="38" cy="38" r="32" '
        f'stroke-dasharray="{share * around:.1f} {around:.1f}" transform="rotate(-90 38 38)"/>'
        f'<text x="38" y="45">{math.floor(100 * share)}%</text></svg><p><strong>{said}.</strong>'
        f"{'; '.join(also).capitalize() + '.' if also else 'Nothing had to be done to any.'}</p></div>"
        f"{_failures(report)}"
    )


def _failures(report: DubReport) -> str:
    """What is outside the limits, before anything else; long lists are shortened, since the lines tell it too."""
    told = [f"<li>{escape(sentence)}</li>" for sentence in whole_failures(report)]
    by_number = {line.number: line for line in report.lines}
    for number, wrong in report.problems.items():
        who = f"Line {number}, {by_number[number].speaker}"
        told.append(f'<li><a href="#line-{number}">{escape(who)}</a>: {escape("; ".join(wrong))}.</li>')
    if not told:
        return ""
    left = len(told) - _MOST_FAILURES
    if left > 0:
        more = "one more" if left == 1 else f"{left} more"
        told = [*told[:_MOST_FAILURES], f'<li><a href="#lines">{more}, among the lines</a></li>']
    return f'<ul class="failures">{"".join(told)}</ul>'


def _tiles(report: DubReport) -> str:
    limits, lines = report.limits, report.lines
    tiles = []

    def tile(name: str, value: str, detail: str, outside: bool) -> None:
        shown = f"<dt>{name}</dt><dd>{value}<small>{escape(detail)}</small></dd>"
        tiles.append(f'<div class="out">{shown}</div>' if outside else f"<div>{shown}</div>")

    if lines:
        late = max(lines, key=lambda a: abs(a.start_error))
        error = abs(late.start_error)
        tile("Worst start", f"{1000 * error:.0f} ms", f"line {late.number}", error > limits.start_error + 1e-4)
        slow, fast = min(a.speed for a in lines), max(a.speed for a in lines)
        allowed = f"{limits.slowest:g} to {limits.fastest:g} allowed"
        outside = slow < limits.slowest - 1e-4 or fast > limits.fastest + 1e-4
        tile("Speed", f"{slow:.2f} – {fast:.2f}", f"of the natural tempo, {allowed}", outside)
    heard = [(a.wer, max(1, len(a.text.split()))) for a in lines if a.wer is not None]
    if heard:
        wer = sum(w * n for w, n in heard) / sum(n for _, n in heard)
        tile("Words misheard", f"{100 * wer:.1f} %", "by the recogniser, over all lines", wer > limits.wer)
    if report.loudness is not None:
        off = abs(report.loudness - report.target) > limits.loudness
        tile("Loudness", f"{_signed(report.loudness)} LUFS", f"of {_signed(report.target)} asked for", off)
    if report.true_peak is not None:
        over = report.true_peak > limits.true_peak + 0.05
        tile("True peak", f"{_signed(report.true_peak)} dBTP", f"{_signed(limits.true_peak)} at most", over)
    apart = abs(report.frames_off)
    beside = f"{apart:.2f} frames off the picture" if apart >= 0.005 else "the picture's, to the frame"
    tile("Length", clock(report.mix_seconds, tenths=True), beside, apart > 1)
    return f'<dl class="tiles">{"".join(tiles)}</dl>'


def _legend(report: DubReport) -> str:
    said = '<svg viewBox="0 0 22 12" aria-hidden="true">{}</svg>'
    box = '<rect class="{}" x="1" y="1" width="20" height="10" rx="3"/>'
    marks = [(said.format(box.format("cue")), "cue"), (said.format(box.format("said s0")), "line, by speaker")]
    if report.problems:
        marks.append((said.format(box.format("said bad") + box.format("hatch")), "outside the limits"))
    if any(line.done and line.number not in report.problems for line in report.lines):
        marks.append((said.format(box.format("said done")), "made to fit"))
    marks.append(("<span>2.5 s</span>", "silence"))
    return f'<p class="legend">{"".join(f"<span>{mark} {name}</span>" for mark, name in marks)}</p>'


def _line(line: LineReport, report: DubReport, language: str) -> str:
    wrong, limits = report.problems.get(line.number, []), report.limits
    state = "wrong" if wrong else "mended" if line.done else ""
    late = abs(line.start_error) > limits.start_error + 1e-4
    fast = not limits.slowest - 1e-4 <= line.speed <= limits.fastest + 1e-4
    misheard = line.wer is not None and line.wer > limits.wer + 1e-4
    dot = f"s{report.speakers.index(line.speaker) % 6}"
    cells = [
        f'<td class="n soft number">{line.number}</td>',
        f'<td class="mono soft">{clock(line.start, tenths=True)}</td>',
        f'<td class="text"><span class="who"><i class="{dot}"></i>{escape(line.speaker)}</span><br>'
        f"<span{language}>{escape(line.text)}</span></td>",
        f'<td class="mono length">{_fit(line)}{line.seconds:.2f} s <span class="soft">of {line.slot:.2f}</span></td>',
        _number("Speed", f"{line.speed:.2f} ×", fast),
        _number("Start", f"{_signed(1000 * line.start_error, 0)} ms", late),
        _number("WER", "" if line.wer is None else f"{100 * line.wer:.0f} %", misheard),
        f'<td class="feel">{felt(line)}</td>',
        _number("Loudness", "" if line.loudness is None else f"{_signed(line.loudness)}", False),
        f'<td class="listen">{_play(line)}</td>',
    ]
    told = [f'<p class="p">{escape(_sentence(wrong))}</p>'] if wrong else []
    told += [f'<p class="d">{escape(" ".join(line.done))}</p>'] if line.done else []
    if misheard and line.heard is not None:
        told.append(f'<p class="h">Heard as: <q{language}>{escape(line.heard)}</q></p>')
    wide = len(_COLUMNS) - 2
    more = f'<tr class="told"><td class="beside" colspan="2"></td><td colspan="{wide}">{"".join(told)}</td></tr>'
    return (
        f'<tbody id="line-{line.number}" class="{state}" data-speaker="{escape(line.speaker)}">'
        f"<tr>{''.join(cells)}</tr>{more if told else ''}</tbody>"
    )


def _fit(line: LineReport) -> str:
    """The cue, the silence after it that may be used, and how much of both the line takes."""
    whole = max(line.slot, line.said_end - line.start, 1e-3)
    scale = 96 / whole
    begin, end = max(0.0, line.said_start - line.start), line.said_end - line.start
    within = min(end, line.slot)
    bars = [
        ("room", 0.0, line.slot),
        ("slot", 0.0, line.end - line.start),
        ("in", begin, within),
        *([("past", line.slot, end)] if end > line.slot + 0.005 else []),
    ]
    drawn = "".join(
        f'<rect class="{name}" x="{a * scale:.1f}" y="{3 if name in ("in", "past") else 0}" '
        f'width="{max(0.0, b - a) * scale:.1f}" height="{4 if name in ("in", "past") else 10}" rx="2"/>'
        for name, a, b in bars
    )
    return f'<svg class="fit" viewBox="0 0 96 10" aria-hidden="true">{drawn}</svg>'


def _play(line: LineReport) -> str:
    if line.clip is None:
        return ""
    return f'<a class="play" href="{quote(line.clip)}" aria-label="Play line {line.number}">play</a>'


def _rest(report: DubReport) -> str:
    facts = {**{f"Voice of {who}": voice for who, voice in report.voices.items()}, **report.settings}
    if report.layout:
        facts["Channels"] = report.layout
    rows = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in facts.items())
    settings = f'<h2>Settings</h2><dl class="facts">{rows}</dl>' if rows else ""
    notes = "".join(f"<li>{escape(note)}</li>" for note in report.notes)
    return settings + (f'<h2>Notes</h2><ul class="notes">{notes}</ul>' if notes else "")


def _number(name: str, value: str, outside: bool) -> str:
    """A cell; a narrow screen has no header and shows the name in it."""
    shown = value or '<span class="soft">–</span>'
    return f'<td class="n{" over-limit" if outside else ""}" data-name="{name}">{shown}</td>'


def _class_of(column: str) -> str:
    if column in ("Line", "Speed", "Start", "WER", "Loudness"):
        return ' class="n"'
    return ' class="listen"' if column == "Listen" else ""


def _signed(value: float, digits: int = 1) -> str:
    """With a real minus sign; no sign on zero."""
    shown = f"{value:.{digits}f}"
    return f"{abs(float(shown)):.{digits}f}" if float(shown) >= 0 else shown.replace("-", "−")


def _sentence(parts: list[str]) -> str:
    said = "; ".join(parts)
    return f"{said[0].upper()}{said[1:]}."
