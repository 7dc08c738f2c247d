{# The day the warehouse is asked for. Never the clock: a run is a function of the lake and this date. #}
{% macro as_of() -%}
    {%- if var('as_of', none) is none and execute and flags.WHICH in ('run', 'build', 'test', 'compile', 'seed', 'snapshot') -%}
        {{ exceptions.raise_compiler_error(
            "as_of is missing: expected a day as in --vars '{as_of: 2025-12-31}', found nothing. "
            ~ "The warehouse never reads the clock: say which day it is asked for."
        ) }}
    {%- endif -%}
    cast('{{ var("as_of", "1900-01-01") }}' as date)
{%- endmacro %}
