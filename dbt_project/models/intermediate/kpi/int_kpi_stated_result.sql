-- One row is one claim about a result as its origin makes it; nothing derived from other claims.
{{ config(materialized='view') }}
{% set columns = result_columns() | join(',\n    ') %}
select
    {{ columns }}
from {{ ref('int_result_from_bulletin') }}
union all
select
    {{ columns }}
from {{ ref('int_result_from_report') }}
union all
select
    {{ columns }}
from {{ ref('int_result_from_register') }}
union all
select
    {{ columns }}
from {{ ref('int_result_from_training') }}
union all
select
    {{ columns }}
from {{ ref('int_result_from_loan') }}
union all
select
    {{ columns }}
from {{ ref('int_result_from_support') }}
