{# How old a source is on the day the warehouse is asked for. dbt's own macro compares with the clock: then the same inputs
   would warn on one night and not on the other. #}
{% macro duckdb__collect_freshness(source, loaded_at_field, filter) %}{{ return(age_on_as_of(source, loaded_at_field, filter)) }}{% endmacro %}
{% macro spark__collect_freshness(source, loaded_at_field, filter) %}{{ return(age_on_as_of(source, loaded_at_field, filter)) }}{% endmacro %}

{% macro age_on_as_of(source, loaded_at_field, filter) %}
    {%- call statement('collect_freshness', fetch_result=True, auto_begin=False) -%}
        select
            max({{ loaded_at_field }}) as max_loaded_at,
            cast({{ as_of() }} as timestamp) as snapshotted_at
        from {{ source }}
        {%- if filter %}
        where {{ filter }}
        {%- endif %}
    {%- endcall -%}
    {{ return(load_result('collect_freshness')) }}
{% endmacro %}
