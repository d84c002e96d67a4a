"""Rules on sources: what access means, texts inside texts, dates."""

from .rule import rule

# A rule is laid out as a question and its query.
# fmt: off
rule("part-bounds", at="sources",
    asks="A contained text has its container and both its bounds, any other text none of them.",
    says="{filled} of part_of_id, part_start and part_end are filled; expected all three or none",
    hint="a contained text has a container and the words that bound it there",
    sql="""
    with counted as (
      select s.row, cast(s.part_of_id is not null as int) + cast(s.part_start is not null as int)
        + cast(s.part_end is not null as int) as filled
      from sources s)
    select c.row, c.filled from counted c where c.filled in (1, 2)""")

rule("part-access", at="sources.access",
    asks="A contained text has the access of its container, and nothing is contained in a document that nobody opened.",
    says="{access!r}, but the container {part_of_id!r} is {whole!r}",
    hint="who opens a document has the texts in it; "
    "what nobody opened stands only in via_source_id of data/evidence.csv",
    sql="""
    select s.row, s.access, s.part_of_id, w.access as whole from sources s join sources w on w.id = s.part_of_id
    where s.access <> w.access or w.access = 'cited'""")

rule("archived-text", at="sources.text_sha256",
    asks="Exactly the archived texts that are no part of another have the hash of their file.",
    says="{found}",
    hint="an archived text is identified by the hash of its file; a contained one by that of its container",
    sql="""
    select s.row, case when s.text_sha256 is null then 'empty, but the source is archived'
      when s.part_of_id is not null then 'filled, but the text is part of another'
      else 'filled, but the access is ''' || s.access || '''' end as found
    from sources s
    where (s.access = 'archived' and s.part_of_id is null) <> (s.text_sha256 is not null)""")

rule("cited-and-opened", at="sources.accessed_date",
    asks="A source that nobody opened has no day on which it was read.",
    says="opened on {accessed_date}, but the access is 'cited'",
    hint="correct access, or empty accessed_date and its precision",
    sql="select s.row, s.accessed_date from sources s where s.access = 'cited' and s.accessed_date is not null")

rule("read-undated", at="sources.accessed_date",
    asks="A page that was read and is not on file has the day on which it was read.",
    says="empty, but the access is 'read'",
    hint="a page that is not on file may change: write the day on which it was read",
    sql="""
    select s.row from sources s where s.access = 'read' and s.part_of_id is null and s.accessed_date is null""")

rule("host-is-publisher", at="sources.host_id",
    asks="A host is named only where it is another organization than the publisher.",
    says="{host_id!r} is the publisher",
    hint="leave host_id empty where the publisher hosts the page",
    sql="select s.row, s.host_id from sources s where s.host_id = s.publisher_id")

rule("host-without-url", at="sources.host_id",
    asks="A host is the organization whose site the address is on.",
    says="{host_id!r} hosts a page without url",
    hint="fill url, or empty host_id",
    sql="select s.row, s.host_id from sources s where s.host_id is not null and s.url is null")

rule("read-before-published", at="sources.accessed_date",
    asks="Nothing is read before it is published.",
    says="read on {accessed}, but published on {published}",
    hint="correct one of the two dates",
    sql="""
    select s.row, s.accessed_shown as accessed, s.published_shown as published from sources s
    where s.accessed_last < s.published_date and s.published_precision is not null""")

rule("part-after-whole", at="sources.published_date",
    asks="A contained text is not younger than its container.",
    says="published on {published}, but its container {part_of_id!r} on {whole}",
    hint="correct one of the two dates",
    sql="""
    select s.row, s.part_of_id, s.published_shown as published, w.published_shown as whole
    from sources s join sources w on w.id = s.part_of_id
    where s.published_first > w.published_last""")

rule("same-page", at="sources.url",
    asks="A page stands once, but for the texts that it contains and the copies that say what they are copies of.",
    says="the same page as that of {other!r}",
    hint="keep one of the two, or fill part_of_id or original_id, which say how they belong together",
    # The same but for what leads to the same page: scheme, www or m, port, capitals in a host, a fragment, marks of who
    # sent the reader, slashes twice or at the end, an index.
    sql=r"""
    with query as (
      select s.row, s.id, s.original_id, coalesce(s.part_of_id, s.id) as whole, regexp_replace(regexp_replace(
        s.url, '#.*$', ''), '[?&](?:utm_[a-z]+|spm|fbclid|gclid)=[^&]*', '&', 'g') as url
      from sources s),
    address as (
      select q.row, q.id, q.original_id, q.whole, regexp_replace(regexp_replace(regexp_replace(
        q.url, '[?&]+', '&', 'g'), '^[a-z]+://|/+(?:index[.][a-z]+)?&?$|&$', '', 'g'), '/+', '/', 'g') as bare
      from query q),
    page as (
      select d.row, d.id, d.original_id, d.whole, regexp_replace(d.bare, '^[^/]*', '') as path,
        regexp_replace(lower(regexp_replace(d.bare, '/.*$', '')), '^(?:www|m)[.]|:[0-9]+$', '', 'g') as host
      from address d)
    select a.row, min(b.id) as other from page a join page b on b.host = a.host and b.path = a.path and b.id < a.id
    where a.whole <> b.whole and a.original_id is distinct from b.id and b.original_id is distinct from a.id
    group by a.row""")
