"""How much of an answer hangs on the trade elasticities: one scenario under two published sets."""

import amur

economy, scenario = amur.load_economy("icio-2022"), amur.load_scenario("cut-rus-chn")
for name in ("FGH22", "FGO"):
    table = economy.with_theta(name)
    outcome = amur.compare(table, amur.solve(table, scenario))
    for country in ("RUS", "CHN"):
        figure = outcome.figure("real_income_change", country)
        print(f"{name}: real income of {country} {figure.value:+.2%} ({figure.basis})")
