{#
    How tables are written. dbt's own ways write beside the old table, rename twice and drop, which suits any database;
    DuckDB replaces a table within a transaction, so that readers of the file see the old one or the new one all the same.
    Over a hundred models that is seconds of every night (docs/decisions.md).
#}

{% materialization table, adapter='duckdb' %}
    {%- set target = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks) }}
    {{ replace_other_kind('table') }}
    {% call statement('main') -%} {{ replace_table(target, sql) }} {%- endcall %}
    {% do persist_docs(target, model) %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{# Only ever adds: what has to go is deleted by the model's pre_hook, within the same transaction. #}
{% materialization incremental, adapter='duckdb' %}
    {%- set target = this.incorporate(type='table') -%}
    {%- if config.get('incremental_strategy') != 'append' -%}
        {{ exceptions.raise_compiler_error("expected incremental_strategy 'append', found '" ~ config.get('incremental_strategy') ~ "'") }}
    {%- endif -%}
    {{ run_hooks(pre_hooks) }}
    {% if is_incremental() %}
        {% call statement('main') -%} insert into {{ target }} by name ({{ sql }}) {%- endcall %}
    {% else %}
        {{ replace_other_kind('table') }}
        {% call statement('main') -%} {{ replace_table(target, sql) }} {%- endcall %}
        {% do persist_docs(target, model) %}
    {% endif %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {%- set target = this.incorporate(type='view') -%}
    {{ run_hooks(pre_hooks) }}
    {{ replace_other_kind('view') }}
    {% call statement('main') -%}
        {%- if config.get('contract').enforced -%} {{ get_assert_columns_equivalent(sql) }} {%- endif %}
        create or replace view {{ target }} as ({{ sql }})
    {%- endcall %}
    {% do persist_docs(target, model) %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{# A view of yesterday that is a table today, or the other way round. #}
{% macro replace_other_kind(kind) -%}
    {%- set here = load_cached_relation(this) -%}
    {%- if here is not none and here.type != kind -%} {% do adapter.drop_relation(here) %} {%- endif -%}
{%- endmacro %}

{% macro replace_table(target, sql) -%}
    {%- if config.get('contract').enforced -%}
        {{ get_assert_columns_equivalent(sql) }}
        create or replace table {{ target }} {{ get_table_columns_and_constraints() }};
        insert into {{ target }} {{ get_column_names() }} ({{ get_select_subquery(sql) }})
    {%- else -%}
        create or replace table {{ target }} as ({{ sql }})
    {%- endif -%}
{%- endmacro %}

{# Every comment of a table in one go. A contract has settled already that the columns are there. #}
{% macro duckdb__persist_docs(relation, model, for_relation, for_columns) -%}
    {%- if config.persist_relation_docs() and model.description -%}
        {%- call statement('comments') -%}
            comment on {{ relation.type }} {{ relation }} is {{ duckdb_escape_comment(model.description) }};
            {% for column in model.columns.values() if column.description -%}
            comment on column {{ relation }}.{{ adapter.quote(column.name) }} is {{ duckdb_escape_comment(column.description) }};
            {% endfor %}
        {%- endcall -%}
    {%- endif -%}
{%- endmacro %}
