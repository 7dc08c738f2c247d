-- One row is one way in which deliveries write who an organisation of one province is: name, numbers and commune as
-- written, and the same in the one form in which they can be compared.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{% if is_incremental() %}delete from {{ this }}
        where naming_key not in (select naming_key from {{ ref('int_cooperative_naming') }}){% endif %}"
) }}
with named as (

    select
        naming_key,
        min(kind) as kind,
        min(current_province_key) as current_province_key,
        min(territory_key) as territory_key,
        min(name) as name,
        min(tax_code) as tax_code,
        min(registration_no) as registration_no,
        min(commune) as commune,
        min(district) as district
    from {{ ref('int_cooperative_naming') }}
    {% if is_incremental() %}
    where naming_key not in (select made.naming_key from {{ this }} as made)
    {% endif %}
    group by naming_key

),

compared as (

    select
        naming_key,
        kind,
        current_province_key,
        territory_key,
        {{ cooperative_key('name') }} as name_key,
        {{ digits('tax_code') }} as tax_key,
        {{ match_key('registration_no') }} as registration_key,
        coalesce({{ match_key('commune') }}, {{ match_key('district') }}) as commune_key
    from named

)

select
    naming_key,
    {{ key_of([
        'kind', 'current_province_key', 'territory_key', 'name_key', 'tax_key', 'registration_key', 'commune_key'
    ]) }} as identity_key,
    kind,
    current_province_key,
    territory_key,
    name_key,
    tax_key,
    registration_key,
    commune_key
from compared
