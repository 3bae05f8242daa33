"""How the network that hears lips is made: takes with timelines, what may befall a recording, the network in torch."""
