"""The mathematics: problems become programs, programs are solved and certified, solutions become plans.

No HTTP lives here. Inside, the formulation knows no backend, a backend knows only arrays, the certificate knows neither.
"""
