-- One row is one way in which deliveries write who an organisation of one province is: name, numbers and commune as
-- written, and the same in the one form in which they can be compared.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{% if is_incremental() %}delete from {{ this }}
        where naming_no not in (select naming_no from {{ ref('int_cooperative_status') }} where naming_no is not null){% endif %}"
) }}
with named as (

    select
        naming_no,
        min(kind) as kind,
        min(current_province_key) as current_province_key,
        min(territory_key) as territory_key,
        min(name) as name,
        min(tax_code) as tax_code,
        min(registration_no) as registration_no,
        min(commune) as commune,
        min(district) as district
    from {{ ref('int_cooperative_status') }}
    where
        naming_no is not null
        {% if is_incremental() %}
        and naming_no not in (select made.naming_no from {{ this }} as made)
        {% endif %}
    group by naming_no

),

compared as (

    select
        naming_no,
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
    naming_no,
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
