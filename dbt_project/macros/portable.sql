{# Where DuckDB and Spark differ. `default__` is what Spark understands; `duckdb__` is DuckDB's own way. #}

{% macro nfc(text) %}{{ return(adapter.dispatch('nfc')(text)) }}{% endmacro %}
{# Spark has no function for it; the readers already write NFC into the lake. #}
{% macro default__nfc(text) %}{{ text }}{% endmacro %}
{% macro duckdb__nfc(text) %}nfc_normalize({{ text }}){% endmacro %}

{% macro replace_all(text, pattern, replacement) %}{{ return(adapter.dispatch('replace_all')(text, pattern, replacement)) }}{% endmacro %}
{% macro default__replace_all(text, pattern, replacement) %}regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}'){% endmacro %}
{% macro duckdb__replace_all(text, pattern, replacement) %}regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}', 'g'){% endmacro %}

{% macro day_after(day, days=1) %}{{ return(adapter.dispatch('day_after')(day, days)) }}{% endmacro %}
{% macro default__day_after(day, days) %}date_add({{ day }}, {{ days }}){% endmacro %}
{% macro duckdb__day_after(day, days) %}cast({{ day }} + {{ days }} as date){% endmacro %}

{# A column whose name is a keyword. #}
{% macro quoted(column) %}{{ adapter.quote(column) }}{% endmacro %}

{# Whole days from the first date to the last, both counted. #}
{% macro days_in(first_day, last_day) %}{{ return(adapter.dispatch('days_in')(first_day, last_day)) }}{% endmacro %}
{% macro default__days_in(first_day, last_day) %}(datediff({{ last_day }}, {{ first_day }}) + 1){% endmacro %}
{% macro duckdb__days_in(first_day, last_day) %}(date_diff('day', {{ first_day }}, {{ last_day }}) + 1){% endmacro %}

{% macro year_of(day) %}cast(extract(year from {{ day }}) as integer){% endmacro %}
{% macro date_of(year, month, day) %}{{ return(adapter.dispatch('date_of')(year, month, day)) }}{% endmacro %}
{% macro default__date_of(year, month, day) %}make_date({{ year }}, {{ month }}, {{ day }}){% endmacro %}

{# Text of a group, in a stated order. #}
{% macro joined(text, separator, ordered_by) %}{{ return(adapter.dispatch('joined')(text, separator, ordered_by)) }}{% endmacro %}
{% macro default__joined(text, separator, ordered_by) %}array_join(transform(array_sort(collect_list(struct({{ ordered_by }} as o, {{ text }} as t))), x -> x.t), '{{ separator }}'){% endmacro %}
{# to sort each group's list costs a third of an aggregate that is told an order #}
{% macro duckdb__joined(text, separator, ordered_by) -%}
    array_to_string(
        list_transform(
            list_sort(list({'o': {{ ordered_by }}, 't': {{ text }}}) filter (where {{ text }} is not null)), lambda x: x.t
        ), '{{ separator }}'
    )
{%- endmacro %}

{# A list of names as ",a,b," so that one of them can be looked for with LIKE. #}
{% macro list_text(list) %}{{ return(adapter.dispatch('list_text')(list)) }}{% endmacro %}
{% macro default__list_text(list) %}(',' || array_join({{ list }}, ',') || ','){% endmacro %}
{% macro duckdb__list_text(list) %}(',' || array_to_string({{ list }}, ',') || ','){% endmacro %}

{# One row per element of a list of texts, beside the named columns. #}
{% macro unnested(relation, columns, list, name) %}{{ return(adapter.dispatch('unnested')(relation, columns, list, name)) }}{% endmacro %}
{% macro default__unnested(relation, columns, list, name) %}select {{ columns | join(', ') }}, explode({{ list }}) as {{ name }} from {{ relation }}{% endmacro %}
{% macro duckdb__unnested(relation, columns, list, name) %}select {{ columns | join(', ') }}, unnest({{ list }}) as {{ name }} from {{ relation }}{% endmacro %}

{# A key out of several columns: null and the empty text differ, order matters. #}
{% macro key_of(columns) -%}
    md5(concat_ws('|'
    {%- for column in columns -%}
        , coalesce(cast({{ column }} as string), '-')
    {%- endfor -%}
    ))
{%- endmacro %}

{# The same as a number of 64 bits: where millions of rows are joined and nobody reads the key. #}
{% macro number_of(columns) %}{{ return(adapter.dispatch('number_of')(columns)) }}{% endmacro %}
{% macro default__number_of(columns) -%}
    xxhash64({% for column in columns %}coalesce(cast({{ column }} as string), '-'){{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}
{% macro duckdb__number_of(columns) -%}
    md5_number_lower(concat_ws('|'
    {%- for column in columns -%}
        , coalesce(cast({{ column }} as string), '-')
    {%- endfor -%}
    ))
{%- endmacro %}

{# Only to see whether rows tell the same: quicker, and another number by another release of the database. #}
{% macro fingerprint_of(columns) %}{{ return(adapter.dispatch('fingerprint_of')(columns)) }}{% endmacro %}
{% macro default__fingerprint_of(columns) %}{{ number_of(columns) }}{% endmacro %}
{% macro duckdb__fingerprint_of(columns) %}hash({{ columns | join(', ') }}){% endmacro %}

{# 2300000.5 as 2.300.000,5 (vi) or 2,300,000.5 (en). #}
{% macro number_text(number, language) %}{{ return(adapter.dispatch('number_text')(number, language)) }}{% endmacro %}
{% macro default__number_text(number, language) -%}
    {%- if language == 'vi' -%} translate(format_number({{ number }}, '#,##0.####'), ',.', '.,')
    {%- else -%} format_number({{ number }}, '#,##0.####')
    {%- endif -%}
{%- endmacro %}
{% macro duckdb__number_text(number, language) -%}
    {%- set plain = "rtrim(rtrim(format('{:,.4f}', cast(" ~ number ~ " as double)), '0'), '.')" -%}
    {%- if language == 'vi' -%} translate({{ plain }}, ',.', '.,') {%- else -%} {{ plain }} {%- endif -%}
{%- endmacro %}

{# 2023-06-30 as 30/06/2023, the way Vietnamese documents write it. #}
{% macro day_text(day) -%}
    (
        lpad(cast(extract(day from {{ day }}) as string), 2, '0') || '/'
        || lpad(cast(extract(month from {{ day }}) as string), 2, '0') || '/'
        || cast(extract(year from {{ day }}) as string)
    )
{%- endmacro %}

{# The cells that a group of rows covers: first and last row of A8:N8, A9:N9, … as A8:N9. #}
{% macro cells_spanned(cells) %}{{ return(adapter.dispatch('cells_spanned')(cells)) }}{% endmacro %}
{% macro default__cells_spanned(cells) -%}
    (
        min(regexp_extract({{ cells }}, '^([A-Z]+)', 1))
        || cast(min(cast(regexp_extract({{ cells }}, '^[A-Z]+([0-9]+)', 1) as int)) as string) || ':'
        || max(regexp_extract({{ cells }}, '([A-Z]+)[0-9]+$', 1))
        || cast(max(cast(regexp_extract({{ cells }}, '([0-9]+)$', 1) as int)) as string)
    )
{%- endmacro %}

{# A table's name without the database's: what a view reads must be found when its file is attached under another name. #}
{% macro within_database(relation) %}{{ return(adapter.dispatch('within_database')(relation)) }}{% endmacro %}
{% macro default__within_database(relation) %}{{ relation }}{% endmacro %}
{% macro duckdb__within_database(relation) %}{{ relation.include(database=false) }}{% endmacro %}

{# One number for a group of rows, of a number for each: another one when a row is added, taken away or changed. #}
{% macro checksum_of(number) -%}
    bit_xor({{ number }})
{%- endmacro %}
