"""A signed record as a PDF, drawn from its seals alone: the same bytes each time, as long as the library is the same.

Nothing of the database but the seals gets in, and no time of today. The hash of what was signed stands on every page.
A test knows the hash of one such file, so that a new version of the library that draws otherwise is noticed.
"""

import json

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import TableBordersLayout, VAlign
from fpdf.fonts import FontFace

from procedures.models import SealOf

FONTS = settings.BASE_DIR / "static/vendor/dejavu-2.37"
MARGIN, LINE, SMALL_LINE = 15, 5.2, 4.4  # mm
TEXT, SMALL, HEADING, TITLE = 9.5, 7.5, 12, 17  # points
LABEL = 48  # mm
WIDEST = 24  # characters, for the shares of columns
LONG, LONG_LINES = 800, 12  # characters, lines


class Paper(FPDF):
    """A sheet of A4 with the hash of what was signed below."""

    def __init__(self, seal):
        super().__init__(format="A4")
        self.seal = seal
        self.set_creation_date(seal.made_at)
        self.set_producer("")
        self.set_margin(MARGIN)
        self.set_auto_page_break(True, margin=MARGIN + 8)
        self.add_font("sans", "", FONTS / "DejaVuSans.ttf")
        self.add_font("sans", "B", FONTS / "DejaVuSans-Bold.ttf")

    def file_id(self):
        return f"<{self.seal.sha256[:32]}><{self.seal.sha256[:32]}>"

    def footer(self):
        self.set_y(-MARGIN - 4)
        self.set_font("sans", "", SMALL)
        self.cell(0, SMALL_LINE, _("SHA-256 of what was signed: %(hash)s") % {"hash": self.seal.sha256}, align="L")
        self.ln(SMALL_LINE)
        self.cell(0, SMALL_LINE, f"{self.page_no()} / {{nb}}", align="R")

    def begin(self, title):
        self.set_title(title)
        self.add_page()
        self.write_below(title, "B", TITLE)

    def draw(self, blocks):
        for block in blocks:
            self.ln(3)
            self.write_below(block["heading"], "B", HEADING)
            for label, words in block["pairs"]:
                self.say(label, words)
            if block["rows"]:
                self.tabulate(block)

    def say(self, label, words):
        """Side by side; what is long goes below its label, over as many pages as it needs."""
        self.set_font("sans", "", TEXT)
        if len(words) > LONG or words.count("\n") > LONG_LINES:
            self.write_below(label, "", TEXT)
            self.write_below(words, "B", TEXT)
            return
        shares, bold = (LABEL, self.epw - LABEL), FontFace(emphasis="BOLD")
        plain = {"borders_layout": TableBordersLayout.NONE, "first_row_as_headings": False, "padding": 0.4}
        with self.table(col_widths=shares, line_height=LINE, text_align="LEFT", **plain) as table:
            row = table.row()
            row.cell(label, v_align=VAlign.T)
            row.cell(words, style=bold, v_align=VAlign.T)

    def tabulate(self, block):
        self.set_font("sans", "", SMALL)
        columns = [[heading, *cells] for heading, *cells in zip(block["columns"], *block["rows"], strict=True)]
        shares = tuple(_share(column) for column in columns)
        lines = {"borders_layout": TableBordersLayout.HORIZONTAL_LINES, "padding": 0.8}
        bold = FontFace(emphasis="BOLD")
        with self.table(
            col_widths=shares, line_height=SMALL_LINE, text_align="LEFT", headings_style=bold, **lines
        ) as table:
            for cells in (block["columns"], *block["rows"]):
                table.row(cells)

    def write_below(self, words, style, size):
        self.set_font("sans", style, size)
        self.multi_cell(0, size * 0.55, words, new_x="LMARGIN", new_y="NEXT", align="L")


def _share(column):
    """Of the width of a table: as long as its words, at most `WIDEST`, but for a single word that is longer."""
    words = [word for cell in column for word in cell.split()]
    return max(max(map(len, words), default=1) + 2, min(max(map(len, column)), WIDEST))


def drawn(seals):
    """The PDF of the record to which these RecordSeals belong, in bytes: the first is the signature."""
    first, *later = ((seal, json.loads(seal.content)) for seal in seals)
    voids = [content for seal, content in later if seal.of == SealOf.VOID]
    notes = [(seal, content) for seal, content in later if seal.of == SealOf.ADDENDUM]
    signature, content = first
    with translation.override(content["language"]):
        paper = Paper(signature)
        paper.set_lang(content["language"])
        paper.begin(_("Signed record"))
        for each in [*voids, content]:
            paper.draw(each["words"])
        for seal, each in notes:
            paper.draw(each["words"])
            paper.say("SHA-256", seal.sha256)
        return bytes(paper.output())
