-- One row is one way in which deliveries write who an organisation is, and the organisation that it stands for.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ forget_old(ref('int_cooperative_province'), 'link_version') }}"
) }}
select
    identity.naming_no,
    identity.identity_key,
    link.cooperative_key,
    link.cooperative_no,
    link.rule as link_rule,
    link.link_version
from {{ ref('int_cooperative_identity') }} as identity
inner join {{ ref('int_cooperative_link') }} as link on identity.identity_key = link.identity_key
where {{ is_lacking('link.link_version') }}
