"""Settings proposed for a table: what stands in it decides, and what cannot be told stays open."""

from __future__ import annotations

import gzip
import tomllib
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from clusters.errors import ClustersError, DataError
from clusters.intake.config import Config, parsed
from clusters.intake.proposal import Tried, propose, written
from clusters.relations import read_relations

FIRMS = ["甲公司", "乙公司", "丙公司", "丁公司", "戊公司"]


@pytest.fixture
def write(tmp_path):
    def make(text, name="r.csv", encoding="utf-8"):
        path = tmp_path / name
        data = text if isinstance(text, bytes) else text.encode(encoding)
        path.write_bytes(gzip.compress(data, mtime=0) if name.endswith(".gz") else data)
        return path

    return make


@pytest.fixture
def workbook(tmp_path):
    def make(name="b.xlsx", **sheets):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        book.save(tmp_path / name)
        return tmp_path / name

    return make


def toml(path, **options):
    """The proposal as text, and as it is read back."""
    proposal = propose(path, **options)
    text = written(proposal, Tried(), folder=Path(path).parent)
    config = parsed(text, "c.toml", Path(path).parent)
    assert config == proposal.config
    return text, config


def counts(relations):
    account = relations.account
    return (
        *(account.rows, account.accepted, account.rejected, account.self_loops, account.duplicates),
        *(account.relations, account.reasons),
    )


def test_chinese_headers_in_gb18030(write):
    rows = (
        "甲公司,乙公司,赋能,2019,技术合作\n甲公司,丙公司,输入,2020,战略合作\n甲公司,丙公司,双向,20x0,投资\n"
    )
    path = write("企业,合作方,方向,年份,关系类型\n" + rows, encoding="gb18030")
    text, config = toml(path)
    assert config.encoding == "gb18030"
    assert config.columns == {
        "enterprise": "企业",
        "partner": "合作方",
        "direction": "方向",
        "year": "年份",
        "kind": "关系类型",
    }
    assert config.kinds == {"技术合作": "technology", "投资": "investment"}
    assert config.directions == {"赋能": "empowerment", "输入": "input"}
    assert '# "战略合作" = "technology"  # 1 row\n' in text
    assert '# "双向" = "empowerment"  # 1 row\n' in text
    assert "# years in '年份': 2019 to 2020\n" in text
    assert "no year of this range, so rejected: 1 row, for example '20x0'" in text


def test_a_label_of_direction_can_be_given_a_meaning(write):
    path = write("企业,合作方,方向\n甲,乙,正向\n甲,丙,反向\n")
    text, _ = toml(path)
    with pytest.raises(DataError, match="all 2 rows are rejected"):
        read_relations(config=parsed(text, "c.toml", path.parent))
    said = text.replace('# "正向"', '"正向"').replace('# "反向" = "empowerment"', '"反向" = "input"')
    relations = read_relations(config=parsed(said, "c.toml", path.parent))
    assert relations.frame[["source", "target"]].values.tolist() == [["甲", "乙"], ["丙", "甲"]]


def test_a_workbook_whose_relations_are_not_first(workbook):
    path = workbook(
        说明=[["本表由某单位整理"], ["2023年"]],
        关系=[
            ["合作关系表"],
            ["企业", "合作方", "方向", "年份"],
            ["甲", "乙", "赋能", 2019],
            ["甲", "丙", "输入", 2020],
        ],
        机构=[
            ["企业名称", "省份", "类型"],
            ["甲", "广东", "企业"],
            ["乙", "北京", "大学"],
            ["丁", "上海", "企业"],
        ],
    )
    text, config = toml(path)
    assert (config.sheet, config.node_sheet, config.nodes) == ("关系", "机构", path)
    assert config.node_columns == {"node": "企业名称", "province": "省份", "type": "类型"}
    assert "# sheet '说明' is neither relations nor organisations (2 rows, '本表由某单位整理')\n" in text
    assert "# organisations: 3 rows, 2 of whose names occur in the relations\n" in text
    relations = read_relations(config=config)
    assert relations.nodes["province"].tolist()[:3] == ["广东省", "北京市", "上海市"]


def test_of_several_sheets_of_relations_the_largest_is_read_and_the_others_named(workbook):
    rows = [["源", "目标"], ["甲", "乙"]]
    text, config = toml(workbook(one=rows, two=[*rows, ["乙", "丙"]]))
    assert config.sheet == "two"
    assert "# sheet 'one' could be the relations as well (1 row, '源 | 目标')\n" in text


def test_organisations_that_contradict_themselves_stay_a_comment(workbook):
    path = workbook(
        r=[["源", "目标"], ["甲", "乙"]], n=[["企业名称", "省份"], ["甲", "广东"], ["甲", "北京"]]
    )
    text, config = toml(path)
    assert config.nodes is None
    assert '# nodes = "b.xlsx"\n# node_sheet = "n"\n' in text
    assert len(read_relations(config=config)) == 1


def test_headers_that_nobody_knows(write):
    lines = [
        f"{i},{FIRMS[i % 5]},{FIRMS[(i + 1 + i // 5) % 5]},{2015 + i % 4},技术,备注{i}" for i in range(20)
    ]
    text, config = toml(write("no,AA,BB,CC,DD,EE\n" + "\n".join(lines) + "\n"))
    assert config.columns == {"source": "AA", "target": "BB", "year": "CC", "kind": "DD"}
    assert "# 4 columns are guesses" in text
    assert read_relations(config=config).account.accepted == 20


def test_ends_are_told_from_long_remarks_and_running_numbers(write):
    lines = [
        f"R{i:04d},与合作方于当年签署协议。第{i}号,{FIRMS[i % 5]},{FIRMS[(i * 3 + 1) % 5]}" for i in range(20)
    ]
    _, config = toml(write("AA,BB,CC,DD\n" + "\n".join(lines)))
    assert config.columns == {"source": "CC", "target": "DD"}


def test_one_known_end_keeps_its_place(write):
    text, config = toml(write("XX,被投资方\n甲,乙\n乙,丙\n"))
    assert config.columns == {"source": "XX", "target": "被投资方"}
    assert "'XX': guess from the values" in text
    assert "'被投资方': header known as target" in text


def test_titles_above_unknown_headers(write):
    path = write("某年某地合作情况\n填表人：张三\nAA;BB;CC\n甲;乙;2019\n乙;丙;2020\n丙;甲;2021\n")
    _, config = toml(path)
    assert config.separator == "semicolon"
    assert config.columns == {"source": "AA", "target": "BB", "year": "CC"}
    relations = read_relations(config=config)
    assert (len(relations), relations.years) == (3, [2019, 2020, 2021])


def test_titles_above_unknown_headers_of_a_sheet(workbook):
    path = workbook(a=[["合作情况"], [], ["AA", "BB"], ["甲", "乙"], ["乙", "丙"]])
    assert len(read_relations(config=toml(path)[1])) == 2


def test_english_enterprise_partner_direction(write):
    path = write("Enterprise,Partner,Direction,Remark\nAcme,Beta,input,x\nAcme,Gamma,empowerment,y\n")
    text, config = toml(path)
    assert config.columns == {"enterprise": "Enterprise", "partner": "Partner", "direction": "Direction"}
    assert "no column of years: the relations make one undated network" in text
    assert "# kept under their own names as classes of the relation:\n# 'Remark': header not known" in text
    pairs = read_relations(config=config).frame[["source", "target"]].values.tolist()
    assert pairs == [["Beta", "Acme"], ["Acme", "Gamma"]]


def test_enterprise_and_partner_without_direction_are_a_guess(write):
    text, config = toml(write("企业,合作方\n甲,乙\n"))
    assert config.columns == {"source": "企业", "target": "合作方"}
    assert "2 columns are guesses" in text
    _, config = toml(write("企业,合作方,DD\n甲,乙,赋能\n"))
    assert config.columns == {"enterprise": "企业", "partner": "合作方", "direction": "DD"}


def test_what_several_columns_can_be_stays_open(write):
    path = write("source,provider,target\na,b,c\n")
    text, config = toml(path)
    assert '# source = "source"\n# source = "provider"\n' in text
    with pytest.raises(DataError, match="can both be 'source'"):
        read_relations(config=config)
    decided = text.replace('# source = "provider"', 'source = "provider"')
    relations = read_relations(config=parsed(decided, "c.toml", path.parent))
    assert relations.frame["source"].tolist() == ["b"]


def test_dates_give_the_year(write):
    text, config = toml(write("投资方,被投资方,融资日期\n甲,乙,2019/5/1\n乙,丙,2020-01-31\n"))
    assert config.columns["date"] == "融资日期"
    assert "# years in '融资日期': 2019 to 2020\n" in text


def test_years_under_an_unknown_header_are_only_suggested_where_the_ends_are_known(write):
    # Reading without settings takes the table for undated, and so does reading with the proposal.
    text, config = toml(write("source,target,when\na,b,2019\nb,c,20x9\nc,d,2020\nd,e,2021\ne,f,2022\n"))
    assert "year" not in config.columns
    assert '# year = "when"\n' in text


def test_places_that_are_not_known_are_counted(write):
    text, _ = toml(write("source,target,source_city,target_city\na,b,深圳,亚特兰蒂斯\nb,c,广州市,深圳\n"))
    assert "# places in 'target_city': 1 of 2 distinct values are known\n" in text
    assert "# not known: 1 value, for example '亚特兰蒂斯'\n" in text


def test_cities_of_an_international_table_are_not_looked_up(write):
    text, config = toml(write("source,target,target_city,target_country\na,b,Lyon,FR\nb,c,Essen,XQ\n"))
    assert config.columns["target_city"] == "target_city"
    assert "places in 'target_city'" not in text
    assert "# places in 'target_country': 1 of 2 distinct values are known\n" in text


@pytest.mark.parametrize(
    "header", ["org_id,name,org_type,country,nuts", "project_id,org_id,role,year,category", "名称,类型,XX"]
)
def test_a_table_of_organisations_is_not_taken_for_relations(write, header):
    row = ["{i}", "甲公司{i}", "PRC", "DE", "DE{i}"][: header.count(",") + 1]
    rows = "\n".join(",".join(row).format(i=i) for i in range(9))
    with pytest.raises(DataError, match="no two columns hold names") as caught:
        propose(write(f"{header}\n{rows}\n"))
    assert "--nodes" in caught.value.hint


def test_cells_cannot_break_out_of_the_comments(write):
    cell = '"x\n[columns]\nsource = ""evil""\u2028\x07"'
    text, config = toml(write(f"source,target,kind,what\na,b,{cell},{cell}\n"))
    assert config.columns == {"source": "source", "target": "target", "kind": "kind"}
    assert set(tomllib.loads(text)) == {
        *("relations", "encoding", "separator", "loops", "duplicates", "columns", "kinds"),
    }


def test_both_languages_say_the_same_settings(write):
    path = write("企业,合作方,方向,年份\n甲,乙,赋能,2019\n甲,乙,输入,x\n")
    proposal = propose(path)
    texts = [written(proposal, Tried(), folder=path.parent, lang=lang) for lang in ("en", "zh")]
    assert tomllib.loads(texts[0]) == tomllib.loads(texts[1])
    assert "# 列“年份”中的年份：2019 至 2019\n" in texts[1]


def test_a_public_layout_is_recognised(write):
    header = "company_permalink,company_name,company_country_code,investor_permalink,investor_name,"
    header += "investor_country_code,funding_round_permalink,funding_round_type,funded_at,raised_amount_usd"
    row = "/o/a,A,USA,/o/b,B,USA,/f/1,seed,2014-01-01,1"
    text, _ = toml(write(f"{header}\n{row}\n"))
    assert "public layout crunchbase-2015: clusters convert crunchbase-2015 r.csv makes relations" in text
    header = "projectID;organisationID;name;shortName;activityType;city;country;role"
    with pytest.raises(DataError, match="those of the public layout cordis") as caught:
        propose(write(f"{header}\n1;2;N;S;PRC;Paris;FR;coordinator\n"))
    assert caught.value.hint == "clusters convert cordis r.csv makes relations of it"


def test_a_package_is_no_table(write):
    with pytest.raises(DataError, match="a package of files") as caught:
        propose(write(b"PK\x03\x04", "p.zip"))
    assert "clusters convert LAYOUT p.zip" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n", "has a header but no rows"),
        ("x,y\n1,2\n3,4\n", None),
        ("企业名称,省份\n甲,广东\n", "can be the ends of a relation"),
        ("year,kind\n2019,技术\n", "can be the ends of a relation"),
        ("source,target,year,year\na,b,1,2\n", "names 'year' twice"),
        ("", "is empty"),
    ],
)
def test_what_cannot_be_proposed_for(write, text, message):
    if message is None:
        propose(write(text))
    else:
        with pytest.raises(DataError, match=message):
            propose(write(text))


AWKWARD = {
    "utf-8 mark": "源,目标,年份\n甲,乙,2019\n".encode("utf-8-sig"),
    "utf-16": "源\t目标\t年份\n甲\t乙\t2019\n".encode("utf-16"),
    "gb18030": "源,目标,年份\n甲,乙,2019\n甲,,2019\n".encode("gb18030"),
    "titles": "导出\n,,\n源,目标,年份\n甲,乙,2019\n".encode(),
    "title with a column's name": "年份,2022\n源,目标,年份\n甲,乙,2019\n乙,丙,2020\n".encode(),
    "comments": "# 合成数据\n源,目标\n甲,乙\n".encode(),
    "ragged": b"source,target,year\na,b,2019\na,b\nb,c,2020,x\n",
    "quotes": b'source,target,year\n"a ""x""","b,c",2019\n"open,b,2019\nb,c,2020\n',
    "breaks": b'source,target,year\n"a\nb",c,2019\nb,c,2020\n',
    "trailing separators": b"source,target,year\na,b,2019,\nb,c,2020,\n",
    "years out of range": b"source,target,year\na,b,1201\na,c,3201\na,d,2010\na,a,2010\na,d,2010\n",
    "gephi": b"Source,Target,Type,Id,Label,Weight\n1,2,Directed,0,,1.0\n2,3,Undirected,1,,x\n",
    "ids and names": b"source_id,source_name,target_id,target_name,year\n1,A,2,B,2019\n",
    "roles": b"source,source_role,target,target_role\na,sample,b,partner\nb,partner,a,x\n",
    "date beside year": "源,目标,年份,日期\n甲,乙,2019,2019-05-01\n甲,丙,2020,2021-01-01\n".encode(),
    "one side's place": "企业,合作方,方向,企业省份\n甲,乙,赋能,广东\n甲,丙,输入,广东\n".encode(),
    "partner beside investee": "公司,投资方,年份\n甲,乙,2019\n".encode(),
    "direction beside ends": b"source,target,direction\na,b,input\n",
    "headers in brackets": "源 (source),目标（target）,年份\n甲,乙,2019\n".encode(),
    "unnamed column": b",source,target\n0,a,b\n1,b,c\n",
    "decomposed header": "sourcé,source,target\nx,a,b\n".encode(),
    "classes alike": "source,target,技术类别,技术领域\na,b,x,y\na,b,x,z\n".encode(),
    "labels that fold to one": b"source,target,kind\na,b,Human Capital\nb,c,human_capital\nc,d,new  x\n",
    "weights": b"source,target,weight,weight_eur\na,b,1.5,2\na,c,-1,2\n",
    "blanks around headers": b" source ; target ; year \na;b;2019\n",
    "parquet": b"",
}


@pytest.mark.parametrize("case", AWKWARD)
def test_reading_with_the_proposal_gives_the_same_account(write, tmp_path, case):
    path = write(AWKWARD[case])
    if case == "parquet":
        path = tmp_path / "r.parquet"
        pd.DataFrame({"source": ["a", "b"], "target": ["b", None], "year": [2019, 2020]}).to_parquet(path)
    _, config = toml(path)
    plain, again = read_relations(path, cache=False), read_relations(config=config, cache=False)
    assert counts(again) == counts(plain)
    assert list(again.frame.columns) == list(plain.frame.columns)
    assert again.frame.astype(str).values.tolist() == plain.frame.astype(str).values.tolist()


def test_packed_and_other_text(write):
    text = "源|目标|年份\n甲|乙|2019\n"
    for name in ("r.csv.gz", "r.tsv", "r.xls"):
        assert len(read_relations(config=toml(write(text, name, "gb18030"))[1])) == 1


def test_the_sample_of_the_repository_reads_the_same():
    path = Path(__file__).parents[2] / "data" / "sample" / "synthetic_relations.csv"
    config = propose(path).config
    assert isinstance(config, Config)
    assert counts(read_relations(config=config, cache=False)) == counts(read_relations(path, cache=False))


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ClustersError, match="does not exist"):
        propose(tmp_path / "none.xlsx")
