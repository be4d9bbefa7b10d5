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
# # A tour of `clusters`
#
# One table of relations, the whole quantitative part of a cluster report. The table here is the
# embedded sample: **synthetic data (合成数据)**, made to resemble the network of the Nankai report
# 2023 in size and shape, with neutral names. Put your own file in its place:
# `clusters.read_relations("relations.xlsx")`.

# %%
import clusters

relations = clusters.sample()
relations.account.rows, relations.years, relations.kinds, relations.levels

# %% [markdown]
# ## How did the network grow?
#
# Networks are cumulative: the one of 2018 holds every relation up to 2018. An edge is an ordered
# pair of organisations; the number of relations behind it is kept beside it.

# %%
networks = clusters.networks.cumulative(relations)
structure = clusters.tables.yearly_structure(networks)
columns = ["year", "nodes", "edges", "average_degree", "diameter", "average_path_length"]
structure[[*columns, "average_clustering"]]

# %% [markdown]
# Distances are exact and count ordered pairs with a directed path only, as Gephi does. So the average
# means little without the share of pairs it speaks of:

# %%
last = clusters.networks.last(networks)
summary = clusters.measures.paths.path_summary(last)
summary.average_path_length, summary.reachable_pairs / (last.n_nodes * (last.n_nodes - 1))

# %% [markdown]
# ## Who gives, who receives?

# %%
clusters.tables.top_degrees(last, top=5, role="sample")

# %% [markdown]
# Giving is concentrated. The top one per cent of organisations hold more than half of all edges given:

# %%
concentration = clusters.tables.concentration(networks, degree="out")
concentration[["year", "top_10_percent", "top_1_percent", "top_0_1_percent"]]

# %% [markdown]
# ## Is it a power law?
#
# Only the table of tail size, goodness of fit and alternatives can say; a straight line through a
# log-log plot cannot.

# %%
clusters.tables.powerlaw(last, degrees=("out",), replicates=50)

# %% [markdown]
# ## Where does technology flow?

# %%
technology = clusters.relations.of_kinds(relations, ["technology"])
clusters.tables.flows(technology, level="province", top=5)

# %% [markdown]
# ## Concentrating or spreading?
#
# Two provinces take part in fewer of the flows, and technology is taken by more provinces: 扩散, where at
# least 39 of 40 samples of enterprises agree. The notebooks `polarisation` and `diffusion` ask further.

# %%
phases = clusters.tables.phases(relations, poles=["北京市", "广东省"])
phases[["year", "poles_touching", "taking_effective", "diffusion_support", "phase"]]

# %% [markdown]
# ## Which province is strong in what?
#
# Of cells with twenty relations or more; a quotient of 1 is the share that the class has everywhere.

# %%
quotients = clusters.tables.location_quotients(relations, min_count=20)
quotients.nlargest(5, "location_quotient")[["place", "class", "relations", "location_quotient"]]

# %% [markdown]
# ## What if the four largest partners were lost?
#
# A scenario (情景模拟), computed from recorded relations: no forecast, and no proof of dependence. Beside it,
# what random sets of partners of nearly the same degree take with them.

# %%
lost = clusters.tables.top_degrees(last, top=4, role="partner")["node"].tolist()
loss = clusters.tables.loss(last, lost, sets=50, path_sets=0)
loss[["statistic", "before", "after", "matched_mean", "p"]].head(8)

# %% [markdown]
# ## What does Gephi say?
#
# Gephi's number and the textbook's, each with the reason why they differ:

# %%
clusters.tables.parity(last)[["metric", "gephi_directed", "gephi_undirected", "textbook"]]
