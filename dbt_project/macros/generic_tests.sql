{# Generic tests of our own: rows that break the rule are returned. #}

{% test at_most(model, column_name, bound) %}
select {{ column_name }}
from {{ model }}
where {{ column_name }} > {{ bound }}
{% endtest %}

{% test at_least(model, column_name, bound) %}
select {{ column_name }}
from {{ model }}
where {{ column_name }} < {{ bound }}
{% endtest %}

{% test unique_together(model, columns) %}
select {{ columns | join(', ') }}
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}

{# A half of a rule: whenever the condition holds, so must the consequence. #}
{% test implies(model, condition, consequence) %}
select *
from {{ model }}
where ({{ condition }}) and not coalesce({{ consequence }}, false)
{% endtest %}

{# dbt's own test joins every row; of millions of rows only the few values that they have need to be looked up. #}
{% macro duckdb__test_relationships(model, column_name, to, field) %}
with child as (

    select distinct {{ column_name }} as from_field
    from {{ where_kept(model, column_name) }}
    where {{ column_name }} is not null

)

select child.from_field
from child
left join {{ where_kept(to, field) }} as parent on child.from_field = parent.{{ field }}
where parent.{{ field }} is null
{% endmacro %}

{% macro duckdb__test_accepted_values(model, column_name, values, quote=true) -%}
    {{ default__test_accepted_values(where_kept(model, column_name), column_name, values, quote) }}
{%- endmacro %}

{% macro duckdb__test_unique(model, column_name) -%}
    {{ default__test_unique(where_kept(model, column_name), column_name) }}
{%- endmacro %}

{#
    The table of which a view passes on this column as it is, as the view's `kept_in` says; otherwise the relation itself.
    The values are the same, and millions of rows need not be joined to look at them. For a key that means that what the
    view joins to that table has one row for each of its own, which is tested there.
#}
{% macro where_kept(relation, column_name) %}
    {%- set found = namespace(relation=relation) -%}
    {%- if execute -%}
        {%- set models = graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') | list -%}
        {%- for view in models if view.relation_name == relation | string -%}
            {%- for table, columns in view.config.meta.get('kept_in', {}).items() if column_name in columns -%}
                {%- for kept in models if kept.name == table -%}
                    {%- set found.relation = kept.relation_name -%}
                {%- endfor -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found.relation) }}
{% endmacro %}
