{# A data year of Circular 09/2024 runs from 15 December to 14 December: for adding up, it stands for the calendar year. #}
{% macro reporting_start(period_start) -%}
    case
        when extract(month from {{ period_start }}) = 12 and extract(day from {{ period_start }}) >= 15
            then {{ date_of(year_of(period_start) ~ ' + 1', 1, 1) }}
        else {{ period_start }}
    end
{%- endmacro %}

{% macro reporting_end(period_end) -%}
    case
        when extract(month from {{ period_end }}) = 12 and extract(day from {{ period_end }}) >= 14
            then {{ date_of(year_of(period_end), 12, 31) }}
        else {{ period_end }}
    end
{%- endmacro %}

{# 0, 1, 2, … as rows: years counted from the first. #}
{% macro offsets(how_many) -%}
    {%- for n in range(how_many) %}
    select {{ n }} as n
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}
