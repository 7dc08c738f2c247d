{# The day the warehouse is asked for. Never the clock: a run is a function of the lake and this date. #}
{#
    It is read when a query is made and not when the project is parsed: else another day would be another project to dbt,
    and every night would parse all of it anew. By its mark htx/plan.py finds the day in a query that is kept.
#}
{% macro as_of() -%}
    {%- set day = (var('as_of', none) or env_var('HTX_AS_OF', '')) if execute else '' -%}
    {%- if execute and not day and flags.WHICH in ('run', 'build', 'test', 'compile', 'seed', 'snapshot', 'freshness') -%}
        {{ exceptions.raise_compiler_error(
            "as_of is missing: expected a day in HTX_AS_OF or as in --vars '{as_of: 2025-12-31}', found nothing. "
            ~ "The warehouse never reads the clock: say which day it is asked for."
        ) }}
    {%- endif -%}
    cast('{{ day or "1900-01-01" }}' /* as_of */ as date)
{%- endmacro %}
