# /// script
# requires-python = ">=3.11"
# dependencies = ["matplotlib>=3.10", "pandas>=2.2"]
# ///
"""A start for analyses of your own: results of swarmsim in pandas.

Editors such as VS Code, Spyder and PyCharm run the cells between `# %%` one by one; `python scripts/explore.py` runs them all. Make the data first:

    swarmsim run scenarios/bandwidth_classes.toml
    swarmsim compare scenarios/bandwidth_classes.toml --choker tit-for-tat,random --runs 10 --out results/two-chokers

Or name two results of your own, a run of that scenario and a comparison of these chokers in it: `python scripts/explore.py RUN COMPARISON`.
"""

# %% Load a run: one row a peer.
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

# In an editor the arguments are not ours.
given = sys.argv[1:] if Path(sys.argv[0]).name == "explore.py" else []
if len(given) not in (0, 2):
    sys.exit("error: expected no folder or two: python scripts/explore.py RUN COMPARISON")
run, comparison = (Path(path) for path in given or ("results/bandwidth-classes", "results/two-chokers"))
needed = [run / "peers.csv", comparison / "comparison.csv"]
missing = [str(path) for path in needed if not path.is_file()]
if missing:
    sys.exit(f"error: there is no {' and no '.join(missing)}: make both results as this file says at its top")


def table(path: Path) -> pd.DataFrame:
    """Names stay names, for a group may be called `NA`, or `1`; an empty cell is what did not happen."""
    return pd.read_csv(path, dtype={"group": str, "variant": str}, keep_default_na=False, na_values=[""])


peers = table(needed[0])
leechers = peers[peers["group"] != "origin"]

# %% 1. How long did each class take? An empty completion time means that the peer never had the file.
print(leechers.groupby("group", sort=False)["completion_time_s"].describe()[["count", "mean", "50%", "max"]].round(0))

# %% 2. Who gives more than it takes? Bytes sent over bytes received.
ratio = leechers["uploaded_bytes"] / leechers["downloaded_bytes"]
print(ratio.groupby(leechers["group"], sort=False).mean().round(2))

# %% A first figure: the distribution of completion times.
figure, axes = plt.subplots(figsize=(5, 3), layout="constrained")
for name, group in leechers.groupby("group", sort=False):
    axes.ecdf(group["completion_time_s"].dropna() / 60, label=name)
axes.set(xlabel="completion time (min)", ylabel="share of those that completed", ylim=(0, 1.02))
axes.legend()
figure.savefig("explore-completion.png", dpi=150)

# %% Load a comparison: one row a variant, run and metric.
values = table(needed[1])
mean = values[values["metric"] == "completion_mean_s"].pivot(index="run", columns="variant", values="value")
mean = mean[["tit-for-tat", "random"]]

# %% 3. Run k has the same peers in each variant, so compare run by run.
difference = mean["random"] - mean["tit-for-tat"]
print(f"random - tit-for-tat: {difference.mean():.0f} s, standard deviation {difference.std():.0f} s")
print(f"random was quicker in {(difference < 0).sum()} of {len(difference)} runs")

# %% A second figure: a line for each pair of runs.
figure, axes = plt.subplots(figsize=(4, 3), layout="constrained")
axes.plot(mean.columns, mean.T / 60, color="grey", marker="o", linewidth=0.8)
axes.set(ylabel="mean completion time (min)")
axes.margins(x=0.3)
figure.savefig("explore-pairs.png", dpi=150)
