-- One row is one way to name an organisation that fits several organisations or none for sure: a person decides.
select
    link.identity_key,
    link.cooperative_key,
    identity.current_province_key as province_key,
    identity.kind,
    min(status.name) as name,
    identity.tax_key as tax_code,
    identity.registration_key as registration_no,
    identity.commune_key as commune,
    link.undecided,
    count(*) as rows_counted,
    min(status.file) as file,
    min(status.sheet) as sheet,
    min(status.cells) as cells
from {{ ref('int_cooperative_link') }} as link
inner join {{ ref('int_cooperative_identity') }} as identity on link.identity_key = identity.identity_key
inner join {{ ref('int_cooperative_status') }} as status on identity.naming_no = status.naming_no
where link.undecided is not null
group by
    link.identity_key, link.cooperative_key, identity.current_province_key, identity.kind, identity.tax_key,
    identity.registration_key, identity.commune_key, link.undecided
