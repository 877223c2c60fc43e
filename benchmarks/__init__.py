"""How fast the service answers, how much memory it takes and how soon it is up, against a bare yardstick.

`make bench` runs it. It is a benchmark and no test: the figures are printed, over target or not. Only a wrong
answer makes it fail.

- `facts`: the resources that decide, a chart in which every criterion of the policy is met;
- `filler`: the rest of a chart, which decides nothing: vital signs, results, notes, drugs, colds;
- `generate`: both together as a hook request of a given number of resources;
- `yardstick`: the application that the service is measured against;
- `serve`: an application under gunicorn, and one connection to it;
- `run`: the measurements and what is printed.
"""
