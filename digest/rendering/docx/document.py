"""An issue as the Word file that used to be made by hand: contents, chapters, whole bodies."""

from __future__ import annotations

from functools import partial

from docx.document import Document
from docx.shared import RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from china_time import local_minute
from digest.composing.highlights import weightiest
from digest.models.entry import file_facts
from digest.models.issue import NOTHING_NEW, Digest, Entry, Group, Section
from digest.rendering.body_limits import TOO_SLOW
from digest.rendering.docx.body import write_body
from digest.rendering.docx.due_table import write_due_table, write_follow_ups
from digest.rendering.docx.ooxml import (
    Ink,
    bookmark,
    field_code,
    field_mark,
    keep_before,
    last_block,
    new_paragraph,
    remove_after,
    write,
    write_field,
    write_jump,
)
from digest.rendering.docx.package import pack, set_properties
from digest.rendering.docx.page_numbers import page_numbers
from digest.rendering.docx.running_lines import write_running_lines
from digest.rendering.docx.source_status import write_state, write_trend
from digest.rendering.docx.style import (
    BODY,
    CELL,
    META,
    RED,
    SIGNATURE,
    SOFT,
    WARM,
    measures,
    new_document,
)
from digest.rendering.docx.table import add_rows
from digest.rendering.time_allowance import OutOfTimeError, TimeAllowance
from digest.safe_text import clean_line
from digest.wording import (
    FOLLOW_UPS,
    MARKS,
    badges,
    chapter_heading,
    deadline_line,
    due_head,
    entry_link,
    line_facts,
    meta_parts,
    rest_heading,
    signature,
    slashed,
    story_word,
    totals_line,
    trouble_line,
)


def render_docx(digest: Digest, time: TimeAllowance | None = None) -> bytes:
    """The whole issue. The same digest gives the same bytes, unless a body is out of `time`."""
    document = new_document()
    printer = _Printer(document, digest, time or TimeAllowance())
    printer.front_page()
    for section in digest.sections:
        printer.chapter(section)
    printer.coverage_table()
    write_running_lines(document, digest)
    printer.number_contents()
    set_properties(document, digest)
    return pack(document)


class _Printer:
    """Writes one issue from top to bottom; counts bookmarks."""

    def __init__(self, document: Document, digest: Digest, time: TimeAllowance) -> None:
        self.document = document
        self.digest = digest
        self.time = time
        self.bookmarks = 0
        self.page_fields: dict[str, Run] = {}

    def front_page(self) -> None:
        """Title, the week's main points, and the contents."""
        digest = self.digest
        new_paragraph(self.document._body, "Title", digest.title)
        span = f"{slashed(digest.from_on)}~{slashed(digest.to_on)}"
        line = f"{digest.company} · {digest.week} 期 · {span}"
        new_paragraph(self.document._body, "Subtitle", line)
        add_rows(self.document._body, [["本周要点"]], [1], self._main_points)
        # Before the contents: what expires soon is not looked for on the last page.
        if digest.highlights.due:
            self._heading("即将截止", 1, "_Toc_due")
            write_due_table(self.document, digest.highlights.due)
        if digest.follow_ups:
            self._heading(FOLLOW_UPS, 1, "_Toc_follow")
            write_follow_ups(self.document, digest.follow_ups, digest.today)
        self._contents()

    def _main_points(self, cell: _Cell, _row: int, _column: int) -> None:
        write(new_paragraph(cell, META), "本周要点", Ink(bold=True))
        new_paragraph(cell, CELL, totals_line(self.digest))
        lead = weightiest(self.digest, 3)
        for entry in lead if self.digest.total > len(lead) else ():
            write_jump(new_paragraph(cell, CELL, "· "), entry.title, f"_Toc_{entry.anchor}")
        if due := due_head(self.digest):
            write(new_paragraph(cell, CELL), due, Ink(color=RED))
        trouble = trouble_line(self.digest)
        if trouble:
            write(new_paragraph(cell, CELL), trouble, Ink(color=WARM))

    def _contents(self) -> None:
        """A contents field whose stored result is our own list, so it shows without updating."""
        new_paragraph(self.document._body, "TOC Heading", "目录")
        lines = []
        if self.digest.highlights.due:
            lines.append(self._contents_line("即将截止", "_Toc_due", 1))
        if self.digest.follow_ups:
            lines.append(self._contents_line(FOLLOW_UPS, "_Toc_follow", 1))
        for section in self.digest.sections:
            lines += self._contents_of(section)
        lines.append(self._contents_line("信息来源状况", "_Toc_coverage", 1))
        first = lines[0]._p
        place = 0 if first.pPr is None else 1
        code = field_code(r'TOC \o "1-3" \h \z \u')
        for offset, part in enumerate((field_mark("begin"), code, field_mark("separate"))):
            first.insert(place + offset, part)
        lines[-1]._p.append(field_mark("end"))

    def _contents_of(self, section: Section) -> list[Paragraph]:
        lines = [self._contents_line(section.title, self._chapter_mark(section), 1)]
        for group in section.lead:
            lines.append(self._contents_line(group.title, self._group_mark(section, group), 2))
            lines += [
                self._contents_line(f"{number}、{entry.title}", f"_Toc_{entry.anchor}", 3)
                for number, entry in enumerate(group.entries, start=1)
            ]
        if section.rest_count:
            mark = f"{self._chapter_mark(section)}_rest"
            lines.append(self._contents_line(rest_heading(section), mark, 2))
        return lines

    def _contents_line(self, text: str, mark: str, level: int) -> Paragraph:
        line = new_paragraph(self.document._body, f"toc {level}")
        link = write_jump(line, clean_line(text), mark)._r.getparent()
        line.add_run("\t")
        self.page_fields[mark] = write_field(line, f"PAGEREF {mark} \\h", "")
        # The whole line is the link, as in Word's own contents.
        if link is not None:
            link.extend(list(link.itersiblings()))
        return line

    def number_contents(self) -> None:
        """Fill in the page numbers, once everything has its place."""
        pages = page_numbers(self.document, measures())
        for mark, shown in self.page_fields.items():
            shown.text = str(pages[mark])

    def _heading(self, text: str, level: int, mark: str, link: str = "") -> Paragraph:
        heading = new_paragraph(self.document._body, f"Heading {level}")
        write(heading, clean_line(text), Ink(link=link))
        self.bookmarks += 1
        bookmark(heading, mark, self.bookmarks)
        return heading

    def _chapter_mark(self, section: Section) -> str:
        # Numbered, because an id from the configuration need not be a valid bookmark.
        return f"_Toc_s{self.digest.sections.index(section)}"

    def _group_mark(self, section: Section, group: Group) -> str:
        titles = [one.title for one in section.groups]
        return f"{self._chapter_mark(section)}_{titles.index(group.title)}"

    def chapter(self, section: Section) -> None:
        """A chapter on a page of its own, signed."""
        heading = self._heading(
            chapter_heading(section, self.digest), 1, self._chapter_mark(section)
        )
        heading.paragraph_format.page_break_before = True
        for group in section.lead:
            self._heading(group.title, 2, self._group_mark(section, group))
            for number, entry in enumerate(group.entries, start=1):
                self._entry(number, entry)
                self._stories(section, entry)
        self._rest(section)
        if not section.count:
            new_paragraph(self.document._body, BODY, f"{NOTHING_NEW}。")
        if section.department:
            who, when = signature(section, self.digest)
            line = new_paragraph(self.document._body, SIGNATURE, who)
            line.paragraph_format.space_before = 228600  # 18 pt, in EMU
            line.paragraph_format.keep_with_next = True
            keep_before(line, 2)
            new_paragraph(self.document._body, SIGNATURE, when)

    def _entry(self, number: int, entry: Entry) -> None:
        title = f"{number}、{entry.title}"
        heading = self._heading(title, 3, f"_Toc_{entry.anchor}", entry.url)
        marks = "　".join(f"［{badge}］" for badge in badges(entry))
        if marks:
            write(heading, f" {marks}", Ink(color=WARM))
        self._fact(" · ".join(meta_parts(entry)))
        self._fact(deadline_line(entry, self.digest.today), RED, bold=True)
        if entry.revised and entry.change:
            self._fact(f"更新内容：{clean_line(entry.change)}", WARM)
        if entry.note_lines:
            add_rows(self.document._body, [["编者按"]], [1], partial(_write_note, entry))
            # A table that begins the body would be joined to this one by Word.
            new_paragraph(self.document._body, CELL)
        if entry.has_body:
            self._fact(entry.machine_line, WARM)
            self._body(entry)
            self._fact(entry.pictures, WARM)
        else:
            new_paragraph(self.document._body, BODY, entry.summary)
        for label, links in _links(entry):
            line = new_paragraph(self.document._body, META)
            write(line, label)
            for place, (name, url) in enumerate(links):
                write(line, "　" if place else "")
                write(line, name, Ink(link=url))

    def _body(self, entry: Entry) -> None:
        """The whole body; one that takes too long is taken out again, and the entry says so."""
        # Not by numbers: to count what stands there is to walk over all of it, for each entry.
        before = last_block(self.document)
        try:
            with self.time.one_entry():
                write_body(self.document, entry)
        except OutOfTimeError:
            remove_after(self.document, before)
            line = new_paragraph(self.document._body, BODY, TOO_SLOW)
            if entry.url:
                write(line, f"：{entry.url}", Ink(link=entry.url))

    def _rest(self, section: Section) -> None:
        """其余: what is told in a line."""
        if not section.rest_count:
            return
        self._heading(rest_heading(section), 2, f"{self._chapter_mark(section)}_rest")
        for group in section.rest:
            label = new_paragraph(self.document._body, META)
            write(label, clean_line(group.title), Ink(bold=True))
            label.paragraph_format.keep_with_next = True
            for entry in group.entries:
                self._line("· ", entry)
                for words in entry.note_lines:
                    self._fact(f"　编者按：{words}")
                self._stories(section, entry)

    def _stories(self, section: Section, entry: Entry) -> None:
        """What explains or reports an entry."""
        for story in section.stories(entry):
            self._line(f"{story_word(story)}：", story)

    def _line(self, lead: str, entry: Entry) -> None:
        line = new_paragraph(self.document._body, CELL)
        write(line, lead)
        write(line, entry.title, Ink(link=entry_link(entry, self.digest)))
        marks = "".join(f"［{badge}］" for badge in badges(entry) if badge in MARKS)
        write(line, f"{marks}　{line_facts(entry, self.digest.today)}", Ink(color=SOFT))
        self.bookmarks += 1
        bookmark(line, f"_Toc_{entry.anchor}", self.bookmarks)

    def _fact(self, text: str, color: RGBColor | None = None, *, bold: bool = False) -> None:
        if text:
            line = new_paragraph(self.document._body, META)
            write(line, text, Ink(color=color, bold=bold))
            line.paragraph_format.keep_with_next = True

    def coverage_table(self) -> None:
        """信息来源状况, and what each source published lately."""
        heading = self._heading("信息来源状况", 1, "_Toc_coverage")
        heading.paragraph_format.page_break_before = True
        write_state(self.document, self.digest)
        write_trend(self.document, self.digest)
        when = local_minute(self.digest.instant)
        self._fact(f"截至 {when}（北京时间）。原文以发布机关网站为准。")


def _write_note(entry: Entry, cell: _Cell, _row: int, _column: int) -> None:
    for place, words in enumerate(entry.note_lines):
        line = new_paragraph(cell, CELL)
        if not place:
            write(line, "编者按　", Ink(bold=True))
        write(line, words)


def _links(entry: Entry) -> list[tuple[str, list[tuple[str, str]]]]:
    lines = [
        ("附件：", [(file.name + file_facts(file), file.url) for file in entry.attachments]),
        ("另见：", [(page.name, page.link) for page in entry.pages if page.link]),
        ("原文：", [(entry.url, entry.url)] if entry.url else []),
    ]
    return [(label, links) for label, links in lines if links]
