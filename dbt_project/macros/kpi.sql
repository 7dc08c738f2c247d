{# The columns that every claim about a result has, whatever its origin; they stand in this order in every union. #}
{% macro result_columns() %}
{{ return([
    'result_key', 'programme', 'indicator', 'scope', 'scope_note', 'province_key', 'territory_key', 'geography',
    'geography_level', 'period_start', 'period_end', 'qualifier', 'value', 'value_high', 'numerator',
    'denominator', 'unit', 'origin', 'source_system',
    'published_on', 'known_on', 'artefact', 'file', 'sheet', 'cells', 'quote', 'span_start', 'span_end', 'sentence',
    'computation_vi', 'computation_en', 'rows_counted', 'input_keys'
]) }}
{% endmacro %}

{# What a claim about records lacks: it has cells, and no sentence. #}
{% macro no_sentence() -%}
    cast(null as string) as quote,
    cast(null as bigint) as span_start,
    cast(null as bigint) as span_end,
    cast(null as string) as sentence
{%- endmacro %}

{# programme|indicator|scope|province|period: what a gate holds and a release shows. A level has a day, not a period. #}
{% macro kpi_cell(programme, indicator, scope, scope_note, province_key, geography, measure, period_start, period_end) -%}
    (
        coalesce({{ programme }}, '') || '|'
        || {{ indicator }} || '|'
        || coalesce({{ scope }}, '')
        || case when {{ scope }} = 'detail' then ':' || coalesce({{ scope_note }}, '') else '' end || '|'
        || coalesce({{ province_key }}, '?' || coalesce({{ geography }}, '')) || '|'
        || case when {{ measure }} = 'level' then '' else coalesce(cast({{ period_start }} as string), '') end || '..'
        || coalesce(cast({{ period_end }} as string), '')
    )
{%- endmacro %}

{# Two claims are about the same part of a province's cooperatives; a detail without a note compares with nothing. #}
{% macro scope_key(scope, scope_note, row_key) -%}
    case
        when {{ scope }} is null then 'all'
        when {{ scope }} = 'detail' then 'detail:' || coalesce({{ scope_note }}, {{ row_key }})
        else {{ scope }}
    end
{%- endmacro %}
