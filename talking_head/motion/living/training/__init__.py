"""Learning to move: takes, the network in torch, the loop. Needs torch (the `train` extra)."""
