"""Why trade moved: price or volume, own growth or others' fall, replaced or rerouted; and what cannot be told."""
