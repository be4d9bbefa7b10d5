# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Is technology already spreading? (扩散)
#
# The other half of the question of `polarisation.ipynb`: does technology leave the poles, how fast, by
# which ways, and how sure are we? Again on the embedded sample, **synthetic data (合成数据)**, then on the
# real relations of Horizon 2020, where they lie beside the repository.

# %%
from pathlib import Path

from IPython.display import Image

import clusters
from clusters import figures, tables

relations = clusters.sample()


def show(axes):
    return Image(figures.to_bytes(axes), width=800)


# %% [markdown]
# ## Two phases in one picture
#
# A year is a point: to the right, two poles take part in more of the flows; upwards, technology is taken by
# more provinces (in effect: as many equal ones). 极化 moves it right and down, 扩散 left and up. Ellipses are
# what other samples of enterprises would give.

# %%
phases = tables.phases(relations, poles=["北京市", "广东省"])
show(figures.phases(phases, synthetic=True))

# %% [markdown]
# The ellipses of neighbouring years overlap, which says little: a sample with more of the poles in 2014 has
# more of them in 2022 as well. What counts is the *move* within each sample; and as many relations reach more
# provinces than few, both years are compared at the same size. In the first years the data cannot tell; from
# 2018 on more than 39 of 40 samples agree, which chance would bring about in fewer than 5 of 100 cases.

# %%
print(phases.attrs["notes"][-1])
phases[["year", "poles_touching", "taking_effective", "diffusion_support", "polarisation_support", "phase"]]

# %% [markdown]
# ## Further, or only more evenly?
#
# Nearly every province was reached in the first year, so reach alone can hardly grow. What changed is how
# evenly technology arrives, and how much of it goes to the poles. How much stays within its province: the
# data cannot tell.

# %%
reading = tables.diffusion(relations, table="reading", replicates=100)
print(reading.attrs["notes"][-1])

# %% [markdown]
# ## When did technologies arrive?
#
# A province adopts a technology with the twentieth relation it receives of it. The S-curve through the
# shares of provinces gives the years in which a tenth, half and nine tenths had adopted; what lies beyond the
# last year is extrapolated, and three curves that fit alike show how far such years can be trusted.

# %%
curves = tables.s_curves(relations, by="technology", least=20)
three = ["大数据和云计算", "5G", "智能机器人"]
curves[curves["class"].isin(three)]

# %%
points = tables.adoption_curve(relations, by="technology", least=20)
show(figures.s_curves(points[points["class"].isin(three)], curves, synthetic=True))

# %% [markdown]
# ## What makes a province adopt?
#
# The chance of a province that has not adopted to do so within the year, over all technologies. Drivers
# are those of the year before, in units of their scatter: size first of all, then the exposure through flows
# and the nearness of earlier adopters: spread down a hierarchy, and over short ways.

# %%
hazard = tables.adoption_hazard(relations, by="technology", least=5)
hazard[["driver", "hazard_ratio", "hazard_coefficient_low", "hazard_coefficient_high"]]

# %% [markdown]
# Do flows fall with distance, then? With the sizes of both ends held fixed the data cannot tell, and
# rightly so: whoever made the sample put distance into no flow. Nearness above stands for something else,
# such as the size of the neighbours: a driver is no cause.

# %%
gravity = tables.gravity(relations)
print(gravity.attrs["notes"][-1])

# %% [markdown]
# ## Do groups last while this happens?
#
# Communities of a year are those that ten searches agree on; from year to year they grow, split, merge,
# begin and end.

# %%
networks = clusters.networks.cumulative(relations, years=range(2018, 2023))
found = {
    year: clusters.measures.consensus.consensus_communities(network, seeds=10).membership
    for year, network in networks.items()
}
timeline = tables.community_timeline(found)
timeline.groupby(["year", "event"]).size().unstack(fill_value=0)

# %%
show(figures.alluvial(timeline, tables.community_flows(found), synthetic=True))

# %% [markdown]
# The large communities of the last three years are the same ones, grown; before, hardly any lasted. The
# agreement of the years says so in one number, free of what chance gives:

# %%
tables.community_similarity(found)

# %% [markdown]
# ## Real relations: what the answer hangs on
#
# Horizon 2020 by country ("Contains data from CORDIS, European Union, 2020"), left out where the table is
# not beside the repository; from 2015 on, since in 2014 the programme had hardly begun, and without the
# handful of projects after 2020. Which countries are the poles? Those that gave most at the start, those
# most flows touch at the end, or two named from outside, here the largest economies:

# %%
places = [Path(up, "shared", "data", "cordis_h2020", "relations.csv.gz") for up in ("..", "../..")]
path = next((place for place in places if place.exists()), None)
europe = {}
if path is None:
    print("The CORDIS relations are not beside the repository: nothing to show.")
else:
    cordis = clusters.read_relations(path)
    for poles in (["FR", "IT"], ["DE", "ES"], ["DE", "FR"]):
        table = tables.phases(cordis, level="country", poles=poles, years=range(2015, 2021))
        europe[", ".join(poles)] = table
        print(*poles, table.attrs["notes"][-1])

# %%
show(figures.phases(europe["DE, FR"])) if europe else None

# %% [markdown]
# Flows that touch the leaders of the start or of the end kept their share, and the data cannot tell where
# things went. With the largest economies as poles nearly all samples moved to diffusion. None of these
# answers is wrong: there is no diffusion as such, only away from somewhere. Say from where, and say it before
# looking.
