"""Documents in, typed records out: archive, readers for workbooks and bulletins, and the lake.

This room knows nothing of Airflow, dbt or the release: it can be used and tested on its own.
"""
