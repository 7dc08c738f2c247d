-- One row is one organisation at one reporting date, as one sheet delivers it, with province and programme resolved,
-- the organisation that it is linked to, and whether it is the newest word on that organisation and date.
{#
    A row depends on its delivery, on the link of its name, and on the other rows of its organisation and date. So a
    night writes anew: rows of deliveries that are missing here (`fresh`), rows whose link has changed (`moved`), and the
    rows beside those, or beside rows that are gone (`beside`). Rows of old deliveries are taken out last, since until
    then they say whose newest word is gone.
#}
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='status_key',
    on_schema_change='fail',
    post_hook="{{ forget_old_deliveries() }}"
) }}
{% set columns = [
    'artefact', 'sheet', 'cells', 'row_no', 'layout', 'is_hidden', 'report_province', 'report_period_end', 'fields',
    'name', 'kind', 'registration_no', 'tax_code', 'province_text', 'district', 'commune', 'address', 'sector', 'founded_on',
    'founded_on_precision', 'status', 'members', 'workers', 'charter_capital_vnd', 'revenue_vnd', 'profit_vnd',
    'income_per_worker_month_vnd', 'rating', 'linked', 'high_tech', 'gap_certified', 'ocop_stars'
] %}
{% set context = [
    'province_key', 'territory_key', 'current_province_key', 'programme', 'period_end', 'published_on', 'known_on', 'file'
] %}
with link as (

    select
        identity.naming_key,
        link.cooperative_key,
        link.rule as link_rule
    from {{ ref('int_cooperative_identity') }} as identity
    inner join {{ ref('int_cooperative_link') }} as link on identity.identity_key = link.identity_key

),

placed as (

    select
        {{ key_of(['record.artefact', 'record.sheet', 'record.cells']) }} as status_key,
        delivery.delivery_version,
        {% for column in columns %}
        record.{{ column }},
        {% endfor %}
        sheet.province_key,
        sheet.territory_key,
        province.current_province_key,
        sheet.programme,
        sheet.period_end,
        sheet.published_on,
        sheet.known_on,
        sheet.file
    from {{ ref('stg_cooperative_status') }} as record
    inner join {{ ref('int_sheet_province') }} as sheet
        on
            record.artefact = sheet.artefact
            and record.sheet = sheet.sheet
            and record.report_province is not distinct from sheet.report_province
            and record.report_period_end is not distinct from sheet.report_period_end
    left join {{ ref('dim_province') }} as province on sheet.province_key = province.province_key
    inner join {{ missing_deliveries('cooperative_status') }} as delivery on record.artefact = delivery.artefact
    where
        coalesce(sheet.known_on <= {{ as_of() }}, true)
        and {{ is_of_missing_delivery('record.artefact', 'cooperative_status') }}

),

keyed as (

    select
        placed.*,
        {{ commune_mention_key('placed') }} as mention_key,
        case
            when placed.name is not null and placed.province_key is not null then
                {{ key_of([
                    'placed.kind', 'placed.current_province_key', 'placed.territory_key', 'placed.name',
                    'placed.tax_code', 'placed.registration_no', 'placed.commune', 'placed.district'
                ]) }}
        end as naming_key
    from placed

),

fresh as (

    select
        keyed.*,
        link.cooperative_key,
        link.link_rule
    from keyed
    left join link on keyed.naming_key = link.naming_key

),

{% if is_incremental() %}
here as (

    select
        status.*,
        delivery.delivery_version is null as is_old
    from {{ this }} as status
    left join {{ ref('int_delivery') }} as delivery on status.delivery_version = delivery.delivery_version

),

before as (

    select distinct
        naming_key,
        cooperative_key,
        link_rule
    from {{ this }}

),

relinked as (

    select
        before.naming_key,
        link.cooperative_key,
        link.link_rule
    from before
    inner join link on before.naming_key = link.naming_key
    where before.cooperative_key <> link.cooperative_key or before.link_rule <> link.link_rule

),

moved as (

    select
        here.status_key,
        here.delivery_version,
        {% for column in columns + context %}
        here.{{ column }},
        {% endfor %}
        here.mention_key,
        here.naming_key,
        relinked.cooperative_key,
        relinked.link_rule
    from here
    inner join relinked on here.naming_key = relinked.naming_key
    where not here.is_old

),

touched as (

    select
        cooperative_key,
        period_end
    from fresh
    union
    select
        cooperative_key,
        period_end
    from moved
    union
    select
        cooperative_key,
        period_end
    from here
    where here.is_old or here.naming_key in (select relinked.naming_key from relinked)

),

beside as (

    select
        here.status_key,
        here.delivery_version,
        {% for column in columns + context %}
        here.{{ column }},
        {% endfor %}
        here.mention_key,
        here.naming_key,
        here.cooperative_key,
        here.link_rule
    from here
    inner join touched on here.cooperative_key = touched.cooperative_key and here.period_end = touched.period_end
    where not here.is_old and here.naming_key not in (select relinked.naming_key from relinked)

),

written as (

    select * from fresh
    union all
    select * from moved
    union all
    select * from beside

),

told as (

    select * from written

)
{% else %}
written as (

    select * from fresh

),

-- the same rows with the few columns that say which of them counts
told as (

    select
        naming.*,
        link.cooperative_key
    from {{ ref('int_cooperative_naming') }} as naming
    inner join link on naming.naming_key = link.naming_key

)
{% endif %},

several as (

    select
        cooperative_key,
        period_end
    from told
    where cooperative_key is not null and period_end is not null
    group by cooperative_key, period_end
    having count(*) > 1

),

ranked as (

    select
        told.status_key,
        row_number() over (
            partition by told.cooperative_key, told.period_end
            order by told.known_on desc, told.artefact asc, told.sheet asc, told.cells asc
        ) as place
    from told
    inner join several on told.cooperative_key = several.cooperative_key and told.period_end = several.period_end

),

superseded as (

    select status_key from ranked
    where place > 1

)

select
    written.*,
    written.cooperative_key is not null
    and written.period_end is not null
    and superseded.status_key is null as is_newest
from written
left join superseded on written.status_key = superseded.status_key
