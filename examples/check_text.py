"""Test the figures of a text against the data and against each other."""

import amur

TEXT = """BEIJING, January 15, 2025. China's trade with Russia rose by 1.9% to $244.8bn in 2024.
China's exports to Russia fell to $155.5bn."""

for row in amur.check(TEXT).rows():
    print(f"{row['words']}\n  {row['code']}: {row['sentence']}")
