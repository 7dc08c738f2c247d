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
    from {{ model }}
    where {{ column_name }} is not null

)

select child.from_field
from child
left join {{ to }} as parent on child.from_field = parent.{{ field }}
where parent.{{ field }} is null
{% endmacro %}
