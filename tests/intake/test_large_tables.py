"""Reading millions of relations stays within the memory that is promised in data/README.md."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

RELATIONS, ORGANISATIONS = 2_000_000, 400_000
PER_RELATION, PER_ORGANISATION, BASE = 250, 700, 250e6
"""Bytes at the peak, above what importing takes; about twice what was measured."""

READ = """
import resource, sys
import pyarrow.compute, pyarrow.csv
from clusters.relations import read_relations
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
before = peak()
table = read_relations(sys.argv[1], cache=False)
print(len(table), len(table.nodes), table.account.rejected, peak() - before)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted in other units elsewhere")
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_memory_is_bounded(tmp_path, encoding):
    path = tmp_path / "r.csv"
    random = np.random.default_rng(1)
    ends = np.sort(random.integers(0, ORGANISATIONS, (2, RELATIONS)), axis=0)
    place = np.array(["北京市", "广东省", "内蒙古自治区", ""])[np.arange(ORGANISATIONS) % 4]
    with path.open("w", encoding=encoding, newline="") as file:
        file.write("源,目标,年份,关系类型,源省份,目标省份,项目\n")
        for i, (one, two) in enumerate(ends.T.tolist()):
            names = f"某某科技{one}有限公司,某某科技{two}有限公司"
            file.write(f"{names},{2014 + i % 9},技术,{place[one]},{place[two]},{i}\n")
        file.write(",某某科技1有限公司,2020,技术,,,\n")
    assert path.stat().st_size > 1e8
    result = subprocess.run(
        [sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=True
    )
    relations, organisations, rejected, peak = map(int, result.stdout.split())
    assert rejected == 1
    assert relations == RELATIONS - int((ends[0] == ends[1]).sum())
    assert organisations > 0.99 * ORGANISATIONS
    assert peak < PER_RELATION * RELATIONS + PER_ORGANISATION * ORGANISATIONS + BASE
    print(f"{encoding}: {peak / 1e6:.0f} MB at the peak")
