"""Whole tables as dirty as real ones: every row accounted for, numbers as counted without the reader.

The tables are made up in the layouts in which such data goes round. The second count uses the csv
module and plain Python, so nothing of the reader is used to check the reader.
"""

from __future__ import annotations

import collections
import csv
import io
import random

import pandas as pd
import pytest
from typer.testing import CliRunner

from clusters.cli import app
from clusters.relations import read_relations

HIDDEN = ("投资方未透露", "未披露", "未透露", "undisclosed", "Undisclosed")
STAGES = ("read", "check", "use")


def steps_hold(steps, rows):
    """Assert that each step passes its accepted rows on, and that all steps together hold all rows."""
    left = rows
    for stage in STAGES:
        part = steps[steps["stage"] == stage].set_index("outcome")["rows"].groupby(level=0).sum()
        assert part["rows"] == left, stage
        assert part["rows"] == part["accepted"] + part.get("rejected", 0) + part.get("set_aside", 0), stage
        left = part["accepted"]
    return left


def counted(steps, outcome):
    part = steps[steps["outcome"] == outcome]
    return dict(zip(part["reason"], part["rows"], strict=True))


def text_of(rows, **options):
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n", **options).writerows(rows)
    return out.getvalue()


@pytest.fixture(scope="module")
def investments(tmp_path_factory):
    """Chinese investment events in GBK: nobody named in 2,999 rows, cells shifted, several in a cell."""
    chance = random.Random(1)
    header = ["事件资讯", "投资方", "融资方", "融资时间", "轮次", "金额"]
    rows = []
    for i in range(9_000):
        investors = "，".join(f"第{chance.randrange(400)}资本" for _ in range(chance.choice((1, 1, 1, 2, 3))))
        if i % 3 == 1 and i < 8_997:
            investors = HIDDEN[chance.randrange(5)]
        day = f"{chance.randrange(2012, 2021)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 28):02}"
        rows.append([f"第{i}条", investors, f"企业{chance.randrange(3_000)}", day, "A轮", "1.35亿美元"])
    for i in range(0, 9_000, 150):  # shifted by one cell to the left: what stands under the year is a round
        rows[i] = [*rows[i][1:], ""]
    for i in range(75, 9_000, 500):
        rows[i] = rows[i][:-1]  # a cell lost altogether
    rows[5][1], rows[6][2], rows[7][3] = " ", "", "0002-12-02"
    rows.insert(4_000, header)
    path = tmp_path_factory.mktemp("cn") / "events.csv"
    path.write_bytes(text_of([header, *rows]).encode("gbk") + "\r\n合计,,,,,9000\r\n".encode("gbk"))
    return path


def expected_investments(path):
    """Count with csv and plain Python what reading has to find."""
    reasons, pairs, year = collections.Counter(), collections.Counter(), set()
    text = path.read_bytes().decode("gbk")
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    for row in rows:
        if not row:
            continue
        if len(row) != len(header):
            reasons["ragged_row"] += 1
            continue
        investor, company, when = (row[k].strip() for k in (1, 2, 3))
        digits = when[:4]
        if (investor, company) == ("投资方", "融资方"):
            reasons["repeated_header"] += 1
        elif row[0] == "合计":
            reasons["total_row"] += 1
        elif not investor or not company:
            reasons["missing_source" if not investor else "missing_target"] += 1
        elif investor.lower() in HIDDEN:
            reasons["placeholder_source"] += 1
        elif not (digits.isdigit() and 1900 <= int(digits) <= 2100 and when[4:5] == "-"):
            reasons["bad_year"] += 1
        else:
            pairs[(investor, company, when, *row)] += 1
            year.add(int(digits))
    return sum(reasons.values()) + sum(pairs.values()), reasons, pairs, year


def test_investment_events_read_directly(investments):
    rows, reasons, pairs, years = expected_investments(investments)
    assert sum(reasons[f"placeholder_{end}"] for end in ("source", "target")) > 2_900
    table = read_relations(investments, cache=False)
    account = table.account
    assert account.source["encoding"] == "gb18030"
    assert (account.rows, account.rejected, account.accepted) == (rows, sum(reasons.values()), pairs.total())
    assert account.reasons == dict(reasons)
    assert account.relations == len(pairs)
    assert table.years == sorted(years)
    assert steps_hold(account.steps, rows) == len(pairs)
    assert counted(account.steps, "rejected") == dict(reasons)
    # NFKC writes the comma between two investors in ASCII: as written it stays one name of several.
    names = {investor.replace("，", ",") for investor, *_ in pairs} | {company for _, company, *_ in pairs}
    assert set(table.nodes.index) == names
    changed = counted(account.steps, "changed")
    assert changed["name_spelling"] == sum(n for (i, c, *_), n in pairs.items() if "，" in i)
    assert changed["year_of_date"] == pairs.total()


def test_lines_of_rejected_rows_are_those_of_the_file(investments):
    lines = investments.read_bytes().decode("gbk").split("\r\n")
    rejects = read_relations(investments, cache=False).account.rejects
    for row in rejects.itertuples():
        whole = next(csv.reader([lines[row.line - 1]]))
        assert [getattr(row, f"_{k}", row[k]) for k in range(3, 3 + len(whole))] == whole


def test_placeholders_can_be_kept(investments):
    rows, reasons, _, _ = expected_investments(investments)
    table = read_relations(investments, placeholders="keep", cache=False)
    hidden = reasons.pop("placeholder_source")
    assert table.account.rejected == rows - table.account.accepted
    assert table.account.accepted >= rows - sum(reasons.values()) - 60  # shifted rows lack a year besides
    assert table.account.rejected < sum(reasons.values()) + hidden
    assert any("without --placeholders keep they are rejected" in text for text in table.account.warnings)
    degree = table.frame["source"].value_counts()
    assert degree.index[0] in HIDDEN


def test_acquisitions_with_impossible_years_and_line_breaks(tmp_path):
    chance = random.Random(2)
    header = ["acquirer", "acquired", "acquired_at", "price"]
    rows = []
    for i in range(4_000):
        one, two = (f"Firm {chance.randrange(900)}" for _ in range(2))
        if i % 40 == 0:
            two = one
        if i % 97 == 0:
            one = one.replace(" ", "\n")
        if i % 53 == 0:
            two = f'"{two}" \r\nHoldings, Inc.'
        year = {11: "1201", 12: "3201", 13: "", 14: "soon"}.get(i % 500, str(chance.randrange(1995, 2020)))
        rows.append([one, two, f"{year}-03-04" if year.isdigit() else year, "5" if i % 7 else "n/a"])
    rows += rows[100:130]  # repeated as a whole
    path = tmp_path / "acquisitions.csv"
    text = "\ufeff" + "Export of acquisitions\r\n" + text_of([header, *rows])
    path.write_bytes(text.encode("utf-8"))
    mapping = {"source": "acquirer", "target": "acquired", "date": "acquired_at", "weight": "price"}
    table = read_relations(path, mapping=mapping, cache=False)

    reasons, loops, seen, doubles, begins = collections.Counter(), 0, set(), 0, []
    unusable = broken = 0
    for number, row in enumerate(rows):
        one, two = (" ".join(cell.split()) for cell in row[:2])
        year = row[2][:4]
        reason = (
            "missing_year"
            if not row[2]
            else "bad_year"
            if not year.isdigit() or not 1900 <= int(year) <= 2100
            else ""
        )
        if reason:
            reasons[reason] += 1
            begins.append((number, reason))
            continue
        unusable += row[3] == "n/a"
        broken += (one, two) != tuple(row[:2])
        if one == two:
            loops += 1
        elif (one, two, *row[2:]) in seen:
            doubles += 1
        seen.add((one, two, *row[2:]))
    account = table.account
    assert account.reasons == dict(reasons)
    assert (account.rows, account.self_loops, account.duplicates) == (len(rows), loops, doubles)
    assert steps_hold(account.steps, len(rows)) == len(rows) - sum(reasons.values()) - loops - doubles
    assert counted(account.steps, "skipped") == {"title_line": 1}
    changed = counted(account.steps, "changed")
    assert (changed["weight_unusable"], changed["name_spelling"]) == (unusable, broken)
    # Lines by counting line feeds above each row, those within cells included.
    first = 2 + text_of([header]).count("\n")
    starts, line = [], first
    for row in rows:
        starts.append(line)
        line += text_of([row]).count("\n")
    assert account.rejects["line"].tolist() == [starts[number] for number, _ in begins]
    assert account.rejects["reason"].tolist() == [reason for _, reason in begins]


def test_cordis_organisations_read_without_convert_are_refused_or_accounted_for(tmp_path):
    """Today's CORDIS layout has no two ends in a row: the reader says so and does not fall over."""
    path = tmp_path / "organization.csv"
    header = "projectID;projectAcronym;organisationID;vatNumber;name;shortName;SME;activityType;country;role"
    path.write_text(
        header.replace(";", '";"').join('""') + '\n"1";"A";"9";"";"U";"";"false";"HES";"EL";"coordinator"\n',
        encoding="utf-8",
    )
    result = CliRunner().invoke(app, ["check", str(path)])
    assert result.exit_code == 3
    assert "Traceback" not in result.output
    mapping = ["--map", "source=projectID", "--map", "target=organisationID"]
    result = CliRunner().invoke(app, ["check", str(path), *mapping, "--account", "-"])
    assert result.exit_code == 0
    steps = pd.read_csv(io.StringIO(result.stdout))
    assert steps_hold(steps, 1) == 1


def test_numbers_of_real_tables_stay_as_they_are(shared):
    path = shared / "data" / "cordis_h2020" / "relations.csv.gz"
    if not path.is_file():
        pytest.skip("the CORDIS relations are not in ../shared")
    account = read_relations(path, cache=False).account
    assert account.rows == 113_275
    assert not {"placeholder_source", "placeholder_target", "total_row", "repeated_header"} & set(
        account.reasons
    )
    assert steps_hold(account.steps, 113_275) == account.relations
