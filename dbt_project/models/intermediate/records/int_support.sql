-- One row is one grant or other support as one sheet delivers it, with province, programme and kind of money resolved.
with funding as (

    select distinct funding as funding_text
    from {{ ref('stg_support') }}
    where funding is not null

),

-- Money named from two kinds of sources ("ngân sách và đối ứng") is of neither: the list does not say how much of each.
funding_source as (

    select
        funding.funding_text,
        case
            when count(distinct source.is_state_budget) > 1 then null
            when count(distinct nullif(source.funding_source, 'state_budget')) = 1
                then min(nullif(source.funding_source, 'state_budget'))
            when max(case when source.is_state_budget then 1 else 0 end) = 1 then 'state_budget'
            else 'other'
        end as funding_source,
        case
            when count(distinct source.is_state_budget) = 1
                then max(case when source.is_state_budget then 1 else 0 end) = 1
        end as is_state_budget
    from funding
    inner join {{ ref('funding_source') }} as source
        on
            ' ' || {{ replace_all(match_key('funding.funding_text'), "[-.,;:()&/+]+", " ") }} || ' '
            like '% ' || {{ match_key('source.pattern') }} || ' %'
    group by funding.funding_text

)

select
    {{ key_of(['record.artefact', 'record.sheet', 'record.cells']) }} as support_key,
    record.*,
    funding_source.funding_source,
    funding_source.is_state_budget,
    sheet.province_key,
    sheet.territory_key,
    sheet.programme,
    sheet.period_end,
    sheet.published_on,
    sheet.known_on,
    sheet.file
from {{ ref('stg_support') }} as record
inner join {{ ref('int_sheet_province') }} as sheet
    on
        record.artefact = sheet.artefact
        and record.sheet = sheet.sheet
        and record.report_province is not distinct from sheet.report_province
        and record.report_period_end is not distinct from sheet.report_period_end
left join funding_source on record.funding = funding_source.funding_text
where coalesce(sheet.known_on <= {{ as_of() }}, true)
