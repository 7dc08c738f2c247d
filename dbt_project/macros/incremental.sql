{#
    How a table is kept up to date night by night. Each of its rows carries the version of the delivery that it was made
    of (int_delivery). A table compares itself with what should be there and never with what happened last night: rows of
    a version that is no more are taken out, versions that it does not have are added. So it is right after any number of
    nights, in any order of arrival, and after a night that was killed.
#}

{# Before anything is added: take out what was withdrawn, re-read, or read in another light since. #}
{% macro forget_old_deliveries() -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where delivery_version not in (select delivery_version from {{ ref('int_delivery') }})
    {%- endif -%}
{%- endmacro %}

{# Deliveries of one record type that this table does not have, as a relation to select from. #}
{% macro missing_deliveries(record_type) -%}
    (
        select
            artefact,
            delivery_version
        from {{ ref('int_delivery') }}
        where
            record_type = '{{ record_type }}'
            {%- if is_incremental() %}
            and delivery_version not in (select delivery_version from {{ this }})
            {%- endif %}
    )
{%- endmacro %}

{# The same as a condition on a column, spelled out where they are few: a reader of Parquet then opens their files only. #}
{% macro is_of_missing_delivery(column, record_type) -%}
    {%- set few = 1000 -%}
    {%- set missing = [] -%}
    {%- if execute and is_incremental() -%}
        {%- set missing = run_query(
            "select distinct artefact from " ~ missing_deliveries(record_type) ~ " as missing order by artefact limit " ~ (few + 1)
        ).columns[0].values() -%}
    {%- endif -%}
    {%- if not is_incremental() or missing | length > few -%}
        true
    {%- elif missing | length == 0 -%}
        false
    {%- else -%}
        {{ column }} in ('{{ missing | join("', '") }}')
    {%- endif -%}
{%- endmacro %}

{#
    The same for what is one small file per document: to look at thousands of files costs little, to open them much. The
    stamp of a file is another one once it was written again.
#}
{% macro lake_files(record_type) %}{{ return(adapter.dispatch('lake_files')(record_type)) }}{% endmacro %}
{% macro default__lake_files(record_type) -%}
    (
        select distinct
            input_file_name() as filename,
            concat_ws('@', input_file_name(), _metadata.file_size, _metadata.file_modification_time) as file_stamp
        from {{ source('lake', record_type) }}
    )
{%- endmacro %}
{% macro duckdb__lake_files(record_type) -%}
    (
        select
            filename,
            concat_ws('@', parse_filename(filename), size, epoch_us(last_modified)) as file_stamp
        from read_blob('{{ env_var("HTX_LAKE", "../var/lake") }}/{{ record_type }}/*.parquet')
    )
{%- endmacro %}

{% macro forget_old_files(record_type) -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where file_stamp not in (select file.file_stamp from {{ lake_files(record_type) }} as file)
    {%- endif -%}
{%- endmacro %}

{# A condition on a file's name: this table has not read it as it is now. #}
{% macro is_of_unread_file(filename, record_type) -%}
    {%- set unread = [] -%}
    {%- if execute and is_incremental() -%}
        {%- set unread = run_query(
            "select filename from " ~ lake_files(record_type) ~ " as file where file_stamp not in (select file_stamp from "
            ~ this ~ ") order by filename"
        ).columns[0].values() -%}
    {%- endif -%}
    {%- if not is_incremental() -%}
        true
    {%- else -%}
        {{ filename }} in (''{% for name in unread %}, '{{ name | replace("'", "''") }}'{% endfor %})
    {%- endif -%}
{%- endmacro %}
