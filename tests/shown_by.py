"""Which tests show what docs/faults.md and docs/security.md promise.

The keys are the first cells of the tables in docs/faults.md, and the lists headed "Promised:" in
docs/security.md. `tests/test_docs.py` keeps them equal and asks that each test is there.
"""

# ruff: noqa: E501 - the words are those of the documents, the names those of the tests

FAULTS: dict[str, tuple[str, ...]] = {
    "the site answers 403, 404 or another 4xx": (
        "test_site_faults.py::test_a_page_that_is_unreachable_or_unrecognised_makes_no_event_for_readers",
    ),
    "429, 5xx, or the connection is reset": (
        "test_politeness.py::test_what_may_pass_is_tried_three_times",
    ),
    "the site asks us to wait (Retry-After)": (
        "test_politeness.py::test_a_long_wait_is_handed_on_and_nothing_is_asked_meanwhile",
        "test_politeness.py::test_a_wait_may_be_named_as_a_time",
    ),
    "the answer drips, is larger than the limit, or unpacks to more": (
        "test_politeness.py::test_a_page_that_drips_ends_in_time",
        "test_politeness.py::test_a_page_that_is_too_large_is_given_up_while_it_comes",
        "test_politeness.py::test_a_packed_page_is_measured_unpacked",
    ),
    "its certificate has expired, or is of an authority that we do not know": (
        "test_run_out.py::test_a_site_whose_certificate_is_not_proved_is_unreachable_until_it_is",
    ),
    "robots.txt forbids the page": (
        "test_robots.py::test_what_robots_txt_forbids_is_not_asked",
        "test_robots.py::test_rules_are_those_of_rfc_9309",
    ),
    "redirects lead off the host, in a circle or on without end": (
        "test_site_faults.py::test_a_page_that_is_unreachable_or_unrecognised_makes_no_event_for_readers",
        "test_politeness.py::test_at_most_five_redirects_are_followed",
    ),
    "the page is cut off, also where an error page with an end of its own follows": (
        "test_proof.py::test_an_answer_that_is_not_the_list_is_refused",
        "test_proof.py::test_an_end_that_is_not_the_pages_own_does_not_hide_that_it_is_cut",
    ),
    "a challenge, maintenance or search page, or an empty shell, comes with 200": (
        "test_site_faults.py::test_a_page_that_is_not_believed_is_quarantined_and_named",
        "test_site_faults.py::test_of_the_pages_quarantined_few_stay_and_none_is_large",
    ),
    "another council's page, or ours under another code": (
        "test_page_health.py::test_another_providers_page_is_strange_and_changes_nothing",
        "test_site_faults.py::test_a_page_that_is_unreachable_or_unrecognised_makes_no_event_for_readers",
    ),
    "the list is there and empty": (
        "test_proof.py::test_a_list_without_reports_is_refused_and_not_taken_for_empty",
    ),
    "the page is redesigned: classes or links are gone": (
        "test_proof.py::test_when_class_names_are_gone_the_links_that_are_there_are_named",
        "test_site_faults.py::test_a_page_that_is_unreachable_or_unrecognised_makes_no_event_for_readers",
    ),
    "a maintenance banner, or something after the end of the page such as a proxy's script": (
        "test_proof.py::test_what_follows_the_end_is_said_and_the_proven_list_believed",
        "test_fetching.py::test_a_page_with_a_script_behind_its_end_is_believed_and_that_is_said",
        "test_site_faults.py::test_a_maintenance_banner_on_a_page_that_is_right_changes_nothing",
    ),
    '"not modified" that is not true': (
        "test_site_faults.py::test_a_wrong_not_modified_hides_nothing_for_more_than_an_hour",
    ),
    "up to half of a list is gone": (
        "test_documents.py::test_half_of_a_list_pruned_is_announced_a_report_each",
    ),
    "over half of a list (of four or more) is gone or re-dated": (
        "test_suspect.py::test_over_half_gone_is_announced_once_and_held",
        "test_suspect.py::test_over_half_redated_is_suspect_too",
        "test_suspect.py::test_a_new_report_whose_file_fails_is_announced_in_time_although_the_list_is_held",
    ),
    "a list that alternates between complete and suspect": (
        "test_suspect.py::test_a_list_by_turns_whole_and_not_is_announced_once_a_day",
    ),
    "such a change stays, and a person runs `accept`": (
        "test_suspect.py::test_where_nothing_is_suspect_there_is_nothing_to_accept",
        "test_suspect.py::test_accepted_it_is_taken_as_it_is_and_what_is_gone_is_withdrawn",
        "test_suspect.py::test_what_was_accepted_long_ago_is_not_accepted_now",
    ),
    "the page fails for weeks, in several ways, or with good or suspect checks between": (
        "test_site_faults.py::test_failures_of_every_kind_in_turn_are_one_failure_with_one_recovery",
        "test_site_faults.py::test_a_page_by_turns_well_and_failing_is_reported_only_while_it_lasts",
        "test_suspect.py::test_a_suspect_list_was_seen_so_that_failing_before_and_after_is_not_one_trouble",
        "test_page_health.py::test_again_after_a_day_and_then_weekly",
    ),
    "one council's page fails": (
        "test_page_health.py::test_another_provider_in_trouble_holds_back_no_other",
    ),
    "midnight, and the nights when the clocks change": (
        "test_documents.py::test_a_check_on_the_stroke_of_midnight_and_in_the_hour_that_comes_twice_is_like_any",
    ),
    "a new report's file is dead, cut, reset, empty, or no PDF": (
        "test_dead_files.py::test_a_missing_file_is_announced_after_an_hour_as_not_yet_read",
        "test_dead_files.py::test_it_is_tried_at_each_check_for_two_days_and_then_daily",
        "test_dead_files.py::test_what_is_no_whole_pdf_is_a_failed_download",
        "test_files.py::test_a_cut_file_is_refused_also_where_an_earlier_end_is_in_it",
    ),
    "that file comes later": (
        "test_dead_files.py::test_it_is_announced_as_read_once_it_lives",
        "test_documents.py::test_a_new_report_whose_file_dies_and_whose_page_fails_is_announced_once_read_when_both_live",
    ),
    "something follows the end of a whole PDF": (
        "test_fetching.py::test_a_file_with_zeros_behind_its_end_is_a_report_like_any",
        "test_files.py::test_a_complete_file_is_accepted_whatever_follows_its_end",
    ),
    "a known report's file does not change, or dies": (
        "test_fetching.py::test_an_unchanged_file_is_asked_for_weekly_and_does_not_come_again",
        "test_fetching.py::test_a_site_that_knows_no_conditions_gives_the_bytes_and_they_are_not_read_again",
        "test_changes.py::test_a_file_that_dies_after_it_was_read_changes_nothing",
    ),
    '"not modified" for a file that was replaced': (
        "test_fetching.py::test_a_site_that_never_admits_to_a_change_is_believed_for_four_weeks",
    ),
    "a file is lost from the archive": (
        "test_fetching.py::test_a_document_lost_from_the_archive_is_fetched_whole_and_there_again",
    ),
    "a file is replaced silently, even after months": (
        "test_documents.py::test_a_file_replaced_after_months_is_announced_and_every_version_is_kept",
        "test_fetching.py::test_a_file_that_is_replaced_after_weeks_of_not_modified_is_seen_within_the_week",
    ),
    "it is replaced by one that cannot be read reliably": (
        "test_changes.py::test_a_readable_report_that_is_not_any_more_is_replaced_and_not_yet_read",
    ),
    "files are issued again and say the same": (
        "test_changes.py::test_several_files_issued_again_are_one_message",
    ),
    "a report gets another file id and says the same, also twice or back": (
        "test_changes.py::test_the_same_bytes_under_another_id_are_one_report_renumbered",
        "test_documents.py::test_other_bytes_under_another_id_that_say_the_same_are_only_renumbered",
        "test_documents.py::test_ids_changed_twice_and_back_are_the_same_report_and_the_newest_id_counts",
    ),
    "it gets another id and other facts": (
        "test_changes.py::test_the_same_inspection_under_another_id_with_other_facts_is_replaced",
    ),
    "a corrected report is listed beside the old one": (
        "test_documents.py::test_a_corrected_report_listed_beside_the_old_one_is_replaced_once",
    ),
    "all ids change at once, with a new report among them": (
        "test_documents.py::test_all_ids_changed_at_once_with_a_new_report_among_them_is_one_new_report",
    ),
    "a dead file under a new id has the title and day of a row that is gone": (
        "test_changes.py::test_a_missing_file_under_another_id_is_taken_for_the_row_that_went_with_its_title_and_day",
    ),
    "that file comes, and is of another inspection": (
        "test_documents.py::test_a_file_that_proves_another_than_its_row_was_taken_for_is_a_new_report",
    ),
    "a new id and another day, and the file comes before anything was announced": (
        "test_documents.py::test_a_report_under_another_id_and_day_whose_file_lags_is_known_again",
    ),
    "the same, and the file comes after the announcement": (
        "test_documents.py::test_announced_as_new_before_its_file_came_it_is_not_compared_with_itself",
    ),
    "two rows have the same title and day": (
        "test_documents.py::test_a_new_report_beside_the_one_that_took_the_gone_ones_name_is_new",
        "test_new_reports.py::test_two_rows_with_the_same_title_and_day_are_two_reports",
    ),
    "an old report is newly listed": (
        "test_new_reports.py::test_an_old_report_that_appears_late_is_named_as_old",
    ),
    "a title or day is edited": (
        "test_changes.py::test_an_edited_title_or_day_is_announced_to_operators",
        "test_documents.py::test_a_day_edited_so_that_the_order_changes_makes_no_event_for_readers",
    ),
    "a row comes and goes, or its title, day or id changes back and forth": (
        "test_documents.py::test_a_title_by_turns_this_and_that_is_announced_once_a_day_each",
        "test_documents.py::test_a_row_that_comes_and_goes_makes_no_event",
    ),
    "a report is withdrawn": (
        "test_changes.py::test_a_row_gone_for_three_checks_and_a_day_is_withdrawn",
    ),
    "it comes back": (
        "test_changes.py::test_a_row_that_is_back_before_it_was_announced_makes_no_event",
        "test_changes.py::test_a_row_that_is_back_after_it_was_announced_has_returned",
    ),
    "it comes back with another file": (
        "test_documents.py::test_withdrawn_and_back_with_other_facts_has_returned_and_is_replaced",
    ),
    "a report of a kind that is not read yet, without a date, or dated ahead": (
        "test_new_reports.py::test_a_kind_that_is_not_read_yet_is_announced_and_is_no_fault",
        "test_new_reports.py::test_a_report_without_a_date_or_dated_ahead_is_announced",
    ),
    "the link leads elsewhere, such as to gov.uk, or there is none": (
        "test_new_reports.py::test_a_row_whose_link_leads_elsewhere_is_announced_with_title_date_and_link",
        "test_new_reports.py::test_a_row_without_a_link_is_announced_once",
    ),
    "such a report gets a file later": (
        "test_changes.py::test_a_link_elsewhere_that_becomes_a_file_is_the_same_report",
    ),
    "the search shows other areas' providers, or none that is known": (
        "test_area_checks.py::test_a_search_that_ignores_the_area_is_a_fault_and_never_news",
    ),
    "more than a few providers are gone from the list at once": (
        "test_area_checks.py::test_a_number_that_falls_is_not_believed_until_a_person_says_so",
        "test_area_seen.py::test_accepting_sutton_takes_whichever_of_its_lists_is_suspect",
    ),
    "the list no longer gives the days of the latest reports": (
        "test_area_checks.py::test_a_list_without_the_days_of_its_reports_is_not_believed",
    ),
    "the list changes while all of it is read": (
        "test_area_checks.py::test_a_list_that_changes_while_it_is_read_is_a_fault_and_its_first_rows_count",
    ),
    "a later page of the list cannot be read": (
        "test_area_checks.py::test_a_later_page_of_the_list_that_fails_is_a_fault_and_its_first_rows_count",
    ),
    "the list of an area cannot be read at all": (
        "test_area_seen.py::test_a_list_that_cannot_be_read_is_said_of_the_list_with_its_address",
        "test_area_pages.py::test_while_the_list_cannot_be_read_the_page_says_since_when",
    ),
    "one provider's page cannot be read": (
        "test_area_checks.py::test_a_page_that_cannot_be_read_is_a_fault_until_it_can_and_readers_hear_of_its_row",
        "test_area_checks.py::test_one_page_that_cannot_be_read_holds_no_other_back",
        "test_area_checks.py::test_a_page_that_cannot_be_read_is_over_only_once_it_was_read",
    ),
    "the search is ahead of a provider's page": (
        "test_area_checks.py::test_a_row_ahead_of_its_page_is_announced_by_the_search_after_an_hour_and_not_again",
    ),
    "a provider has two documents on one day, or a second later that day": (
        "test_area_checks.py::test_two_documents_of_one_provider_on_one_day_are_two_events",
        "test_area_checks.py::test_a_second_document_of_the_day_changes_no_row_and_is_found_the_next_day",
    ),
    "a document is on the pages of two providers": (
        "test_area_checks.py::test_a_document_on_two_pages_is_announced_once",
    ),
    "two providers of different kinds have the same URN": (
        "test_area_checks.py::test_the_same_number_of_two_kinds_is_two_providers",
    ),
    "a provider closes, and its last report comes after that": (
        "test_area_checks.py::test_a_provider_that_closes_is_no_news_and_its_last_report_is",
    ),
    "the page of a closed provider is no longer there, or leads to another": (
        "test_area_checks.py::test_a_closed_provider_whose_page_is_no_longer_there_is_no_fault",
    ),
    "a document's file cannot be downloaded": (
        "test_area_checks.py::test_a_file_that_cannot_be_had_is_tried_again_and_operators_hear_of_it",
    ),
    "Ofsted withholds a name that it gave before": (
        "test_area_pages.py::test_a_name_that_ofsted_withdraws_is_nowhere_from_the_next_writing_on",
        "test_area_seen.py::test_a_name_that_ofsted_withdraws_is_in_no_page_after_the_next_check",
        "test_withheld_names.py::test_a_name_is_withheld_under_the_type_that_the_provider_had_before_too",
    ),
    "a check of an area is killed": (
        "test_area_checks.py::test_a_page_that_kills_each_check_holds_no_other_back",
    ),
    "a document was recorded and nobody alerted, or a day of the search has no document": (
        "test_area_seen.py::test_the_audit_finds_a_document_that_was_not_announced",
        "test_area_seen.py::test_the_audit_finds_a_provider_whose_newest_day_no_document_has",
    ),
    "the email server says 4xx, the mailbox is full, a policy refuses": (
        "test_sending_faults.py::test_email_that_is_not_taken_now_is_taken_later_once_and_nobody_is_troubled",
        "test_email.py::test_what_a_server_says_decides_how_an_attempt_ends",
    ),
    "the email server says 5xx about this recipient or message": (
        "test_sending.py::test_a_refused_delivery_is_announced_to_operators_and_not_tried_again",
        "test_refusals.py::test_what_speaks_of_a_recipient_or_a_message_is_the_deliverys",
    ),
    "the email server refuses us: our greeting, our sender, our machine": (
        "test_refusals.py::test_what_refuses_us_is_the_channels_at_whatever_step_and_with_whatever_code",
        "test_channels.py::test_a_server_that_refuses_us_is_a_channel_down_and_all_goes_out_once_it_works",
    ),
    "it refuses one recipient alone in those words": (
        "test_channels.py::test_one_that_alone_is_refused_in_words_that_speak_of_us_stops_no_other",
    ),
    "wrong password, no encryption, a login wanted, passwords switched off, a certificate not trusted": (
        "test_sending.py::test_a_channel_that_is_down_pauses_and_is_reported_through_another_and_probed_hourly",
        "test_sending_faults.py::test_an_email_channel_that_is_broken_is_reported_through_another_channel_and_nothing_is_lost",
        "test_email.py::test_a_certificate_that_is_not_proved_takes_the_channel_down",
    ),
    "a password has expired": (
        "test_run_out.py::test_a_password_that_has_expired_holds_everything_back_until_the_settings_have_the_new_one",
    ),
    "no email server answers": (
        "test_sending_faults.py::test_an_email_server_that_is_gone_is_waited_for",
    ),
    "none answers for two hours, or it takes nothing for several recipients": (
        "test_channels.py::test_an_email_port_closed_for_a_week_is_announced_after_two_hours_and_nothing_is_given_up",
        "test_channels.py::test_two_recipients_for_two_hours_are_the_channel_and_one_alone_is_delayed",
        "test_channels.py::test_time_in_which_a_channel_was_down_counts_for_nobodys_expiry",
    ),
    "a message to one recipient alone is two hours late": (
        "test_channels.py::test_two_recipients_for_two_hours_are_the_channel_and_one_alone_is_delayed",
    ),
    "no answer after the end of an email": (
        "test_sending.py::test_a_repeat_is_the_same_bytes_message_id_and_date",
        "test_sending.py::test_a_second_unknown_expires_and_operators_are_notified_that_it_may_have_arrived",
    ),
    "killed after the server accepted and before we noted it": (
        "test_sending.py::test_one_killed_between_acceptance_and_the_mark_repeats_the_very_email",
    ),
    "Teams: a redirect to a log-in page, 401, 403, 404": (
        "test_sending_faults.py::test_a_webhook_that_is_broken_is_announced_by_email_and_nothing_is_lost",
    ),
    "Teams: a web page as answer, an error named in it, or a trigger that is switched off or deleted": (
        "test_teams.py::test_only_what_power_automate_says_is_sent_and_the_flows_faults_are_the_channels",
        "test_channels.py::test_a_workflow_that_is_switched_off_is_the_channels_and_what_waited_goes_out",
    ),
    "Teams: 429 with Retry-After": (
        "test_sending_faults.py::test_a_webhook_that_asks_to_wait_is_not_asked_before",
    ),
    "Teams: 408, 5xx": (
        "test_teams.py::test_an_answer_decides_how_an_attempt_ends",
        "test_channels.py::test_a_webhook_that_takes_nothing_for_two_hours_is_down_and_announced_by_email",
    ),
    "Teams: 400 or 413 about the card": (
        "test_teams.py::test_a_card_that_is_refused_goes_once_more_as_plain_text",
        "test_teams.py::test_a_card_that_is_refused_twice_is_refused",
    ),
    "Teams: any other 2xx, or no answer": (
        "test_teams.py::test_an_answer_decides_how_an_attempt_ends",
        "test_teams.py::test_silence_after_the_body_went_out_is_unknown",
    ),
    "many cards at once": (
        "test_sending_faults.py::test_cards_to_one_webhook_keep_a_second_between_them",
    ),
    "the channel of one recipient of three is down for a week": (
        "test_sending_faults.py::test_one_of_three_that_is_down_for_a_week_holds_back_no_other_and_is_sent_after_it",
    ),
    "one mailbox takes nothing for a week": (
        "test_sending_faults.py::test_a_message_that_one_mailbox_defers_for_a_week_expires_and_can_be_sent_by_hand",
    ),
    "a channel is down that no recipient uses any more": (
        "test_sending_faults.py::test_a_channel_that_is_down_that_nobody_is_reached_by_any_more_is_not_broken",
    ),
    "a channel works again, and `test-alert` arrives": (
        "test_sending_faults.py::test_a_test_alert_that_arrives_ends_the_outage_and_what_waits_goes_out",
    ),
    "the only channel to operators is down": (
        "test_sending_faults.py::test_where_the_only_channel_to_operators_is_down_status_says_so",
    ),
    "a message cannot be made": (
        "test_sending.py::test_what_cannot_be_rendered_holds_back_no_other",
        "test_channels.py::test_a_message_that_cannot_be_made_is_delayed_and_no_channel_is_down",
    ),
    "a digest cannot be made": (
        "test_digests.py::test_a_digest_that_cannot_be_made_backs_off_and_is_reported_once_and_made_when_it_can",
    ),
    "a better parser finds a grade wrong before the digest with it is sent": (
        "test_digests.py::test_a_grade_that_a_better_parser_finds_wrong_before_the_digest_is_not_announced_in_it",
        "test_digests.py::test_what_was_corrected_before_the_digest_is_not_announced_wrongly_in_it",
    ),
    "all recipients are removed": (
        "test_sending_faults.py::test_all_recipients_removed_leaves_no_debt_and_the_outbox_takes_over",
    ),
    "one recipient is removed while messages are queued": (
        "test_who_is_alerted.py::test_messages_for_a_removed_recipient_are_cancelled_after_a_day_and_operators_notified",
    ),
    "one is removed and put back": (
        "test_sending_faults.py::test_a_recipient_removed_by_a_slip_and_put_back_within_the_day_loses_nothing",
        "test_sending_faults.py::test_a_recipient_removed_and_put_back_gets_what_is_new_and_nothing_else",
    ),
    "one is renamed while messages are queued": (
        "test_sending_faults.py::test_a_recipient_renamed_with_messages_waiting_is_a_new_one",
    ),
    "one is added after a hundred events": (
        "test_sending_faults.py::test_one_added_after_thirty_events_gets_one_welcome_and_nothing_old",
    ),
    "the service is off for eight days with messages queued": (
        "test_deliveries.py::test_only_attempts_since_the_service_started_count",
        "test_time_off.py::test_after_eight_days_off_what_waited_is_tried_three_times_before_it_is_given_up",
    ),
    "a digest was missed": (
        "test_digests.py::test_a_missed_digest_is_made_once_on_return",
        "test_hourly_digests.py::test_hours_that_were_missed_are_one_message_on_return",
    ),
    "an hour brought nothing": (
        "test_hourly_digests.py::test_nothing_is_sent_for_hours_that_brought_nothing_but_a_quiet_notice_after_thirty_days",
    ),
    "the clock shows an hour twice, or skips one": (
        "test_hourly_digests.py::test_an_hour_that_the_clock_shows_twice_loses_and_doubles_nothing",
        "test_digest_schedule.py::test_the_latest_time_of_a_digest_is_by_the_clock_on_the_wall",
    ),
    "an alert that could not wait never arrived": (
        "test_digests.py::test_what_fell_and_never_arrived_stands_whole_in_the_digest",
    ),
    "a recipient changes from digests to immediate alerts, or to another time": (
        "test_digests.py::test_whoever_leaves_digests_gets_one_last_at_once",
        "test_digests.py::test_whoever_changes_from_weekly_to_daily_loses_and_repeats_nothing",
        "test_hourly_digests.py::test_from_immediate_to_hourly_to_daily_and_back_nothing_is_lost_or_repeated",
    ),
    "one is removed while a digest is open": (
        "test_digests.py::test_one_removed_with_a_digest_open_is_announced_to_operators_and_put_back_gets_nothing_old",
    ),
    "two processes send at once": ("test_sending.py::test_two_deliverers_at_once_send_each_once",),
    "the first check on a terminal": (
        "test_first_messages.py::test_a_person_is_asked_by_name_before_first_messages_and_yes_sends_them",
        "test_first_messages.py::test_no_sends_nothing_and_loses_nothing",
    ),
    "`test-alert` without a name": (
        "test_test_alert.py::test_nobody_named_asks_for_all_and_all_reaches_all",
    ),
    "a message was refused, expired or is not wanted": (
        "test_sending.py::test_retry_and_settle_by_hand",
    ),
    "a listed report was not recorded or not announced, or a delivery is two hours late without an attempt": (
        "test_audit.py::test_a_discrepancy_is_announced_once_and_shown_until_it_is_put_right",
        "test_audit.py::test_two_checks_at_once_announce_once",
        "test_audit.py::test_a_message_whose_event_is_lost_holds_back_no_other_and_is_shown_until_it_is_cancelled",
    ),
    "many of these at once, as after an old backup was put back": (
        "test_audit.py::test_many_discrepancies_are_one_message",
    ),
    "an archived file is lost or changed": (
        "test_doctor.py::test_a_document_that_is_gone_or_changed_is_named",
    ),
    "a command that only shows runs in the wrong folder, or on an empty or foreign database": (
        "test_makes_nothing.py::test_in_an_empty_folder_it_says_so_ends_with_2_and_makes_nothing",
        "test_makes_nothing.py::test_a_new_database_on_a_server_stays_empty",
        "test_makes_nothing.py::test_another_programs_database_stays_as_it_is",
    ),
    "a backup is made while checks run": (
        "test_backup.py::test_it_is_one_state_while_checks_write",
    ),
    "a backup or restore is killed, or its disk is full": (
        "test_backup.py::test_a_backup_killed_at_any_moment_leaves_no_file_and_the_next_clears_up",
        "test_backup.py::test_a_restore_killed_at_any_moment_is_no_installation_and_can_be_made_again",
        "test_backup.py::test_a_restore_on_a_full_disk_leaves_nothing",
    ),
    "a document is missing or damaged when a backup is made": (
        "test_backup.py::test_a_document_that_is_missing_or_damaged_is_named_and_all_else_is_kept",
    ),
    "a backup is cut off, changed, of a later version, another tar, or made to do harm": (
        "test_backup.py::test_what_is_no_whole_backup_is_refused_in_a_line_and_nothing_is_written",
        "test_backup.py::test_a_backup_of_another_version_is_refused_with_the_way_back",
    ),
    "it is restored over something": (
        "test_backup.py::test_a_data_folder_that_is_not_empty_is_refused_and_left_as_it_is",
        "test_backup.py::test_a_database_that_is_not_empty_is_refused_and_left_as_it_is",
    ),
    "messages were pending when the backup was made": (
        "test_backup.py::test_what_was_pending_is_held_until_a_person_decides",
    ),
    "a digest's time came between backup and restore": (
        "test_backup.py::test_a_digest_that_may_have_been_sent_is_held_and_the_next_one_goes_out",
    ),
    "a report was announced after the backup was made": (
        "test_backup.py::test_what_was_published_since_is_announced_again_with_the_same_message_id",
    ),
    "a database is of an earlier version, and cannot be backed up before the update": (
        "test_migrate.py::test_without_a_backup_nothing_is_changed",
    ),
    "a database is of a later version": (
        "test_migrate.py::test_a_database_that_is_newer_is_refused_with_the_way_back",
    ),
    "a step of the nightly maintenance fails": (
        "test_nightly.py::test_a_step_that_breaks_off_holds_back_no_other",
    ),
    "its folder cannot be written": (
        "test_website.py::test_a_folder_that_is_a_file_costs_one_line_and_no_alert_and_status_says_so",
    ),
    "its folder has files of another program": (
        "test_folder.py::test_a_folder_of_other_files_is_refused_and_left_as_it_is",
        "test_website_links.py::test_where_the_website_has_no_address_or_cannot_be_written_an_alert_has_no_link",
    ),
    "killed while it is written": (
        "test_folder.py::test_a_first_writing_that_was_killed_is_taken_up_and_leaves_nothing_behind",
        "test_folder.py::test_pages_are_written_before_those_that_list_them_and_removals_come_last",
    ),
    "somebody deletes a page, or spoils our list of what was written": (
        "test_folder.py::test_a_file_that_somebody_removed_comes_back",
        "test_folder.py::test_a_list_of_files_that_was_spoilt_costs_a_whole_writing_and_nothing_else",
    ),
    "two processes write it at once": (
        "test_website.py::test_two_at_once_write_one_after_the_other_and_the_site_is_whole",
    ),
    "a report has another number since an alert linked to it": (
        "test_website_links.py::test_a_link_to_a_report_that_has_another_id_since_leads_on_to_its_page",
    ),
    "a council is no longer watched": (
        "test_website.py::test_a_council_that_is_no_longer_watched_has_no_pages_any_more",
    ),
    "killed at any step of any command, several times in a row, or two at once": (
        "test_kills.py::test_a_kill_at_any_step_loses_nothing_and_alerts_nobody_twice",
        "test_kills.py::test_several_kills_in_a_row_also_of_two_at_once_lose_nothing",
        "test_kills.py::test_what_is_announced_at_the_end_of_a_check_outlives_a_kill_before_its_end",
    ),
    "killed while a file is downloaded, the website or the outbox is written, or the archive is read again": (
        "test_checks_at_once.py::test_a_check_killed_before_it_announced_is_announced_by_the_next",
        "test_nightly.py::test_a_download_that_was_killed_is_cleared_away_a_day_later_and_one_under_way_is_not",
        "test_nightly.py::test_what_a_kill_left_of_the_feed_and_of_the_outbox_is_cleared_away_a_day_later",
        "test_reread.py::test_a_rereading_that_is_killed_has_written_nothing_and_is_done_by_the_next",
    ),
    "power cut": (
        "test_power_cut.py::test_a_document_and_its_name_are_on_the_disk_before_the_database_names_it",
        "test_power_cut.py::test_what_is_sent_or_answered_follows_from_nothing_that_is_not_flushed",
        "test_power_cut.py::test_files_for_people_are_on_the_disk_before_it_is_written_down_that_they_are",
    ),
    "another program locks the database": (
        "test_storage_faults.py::test_a_locked_database_stops_a_command_with_1_and_says_what_to_do",
    ),
    "it is locked while a message is sent": (
        "test_storage_faults.py::test_locked_while_a_message_is_sent_it_is_marked_once_that_ends_and_not_sent_again",
    ),
    "the database, the data folder or the archive is read-only": (
        "test_storage_faults.py::test_a_database_that_may_only_be_read_answers_and_checks_no_more",
        "test_storage_faults.py::test_a_data_folder_that_may_only_be_read_stops_a_check_in_one_line",
        "test_storage_faults.py::test_an_archive_that_may_only_be_read_breaks_off_the_check_and_loses_nothing",
    ),
    "the disk is full, or the database may not grow": (
        "test_storage_faults.py::test_a_disk_without_any_room_stops_a_check_in_words_and_keeps_what_was_there",
        "test_storage_faults.py::test_a_file_that_may_grow_no_more_stops_a_check_and_keeps_what_was_there",
    ),
    "the disk is full for a while, at any step": (
        "test_kills.py::test_a_disk_that_is_full_for_a_while_is_said_and_loses_nothing",
    ),
    "the disk is unmounted during a check": (
        "test_storage_faults.py::test_a_data_folder_that_goes_in_the_middle_of_a_check_makes_no_event_and_loses_nothing",
    ),
    "PostgreSQL is down, or the other end of a connection is gone": (
        "test_storage_faults.py::test_a_server_that_is_down_is_said_with_its_address_and_without_its_password",
        "test_database.py::test_a_connection_whose_other_end_is_gone_is_noticed_by_both_sides",
    ),
    "PostgreSQL ends our connections": (
        "test_storage_faults.py::test_connections_that_the_server_ends_in_the_middle_of_a_check_end_it_and_the_next_announces",
        "test_sending.py::test_what_is_accepted_is_marked_although_the_lock_was_lost_meanwhile",
        "test_leases.py::test_one_that_is_held_for_long_is_taken_again_after_its_lock_was_cut",
        "test_leases.py::test_one_that_is_held_for_long_is_not_taken_again_from_who_has_it_now",
    ),
    "Prefect stops planning, while runs planned earlier still come": (
        "test_planning.py::test_planning_that_has_stopped_is_a_problem_while_planned_runs_still_come",
    ),
    "Prefect plans nothing, or its worker takes nothing": (
        "test_catch_up.py::test_a_round_that_was_due_is_started_through_prefect_once_and_then_without_it",
        "test_catch_up.py::test_without_prefect_the_round_is_made_and_sends",
    ),
    "one of [two machines](more-machines.md) is lost in the middle of a round": (
        "test_two_machines.py::test_a_machine_lost_in_the_middle_of_a_round_is_replaced_and_nobody_is_alerted_twice",
        "test_two_machines.py::test_a_machine_cut_off_from_the_database_leaves_its_check_to_the_other",
    ),
    "the service is stopped, dies, or is there and does nothing": (
        "test_schedule.py::test_a_service_that_was_stopped_does_not_look_well",
        "test_planned.py::test_a_loop_that_has_not_turned_for_minutes_is_noticed",
    ),
    "a person pauses the checks in the UI": (
        "test_schedule.py::test_a_pause_by_a_person_is_a_problem_with_its_time",
        "test_catch_up.py::test_what_a_person_has_paused_is_not_started",
    ),
    "one council is not checked while others are": (
        "test_overdue.py::test_the_checks_of_one_authority_do_not_count_for_another",
        "test_overdue.py::test_checks_that_were_due_45_minutes_ago_are_announced_once_and_when_it_is_over",
    ),
    "a round takes longer than the time between two": (
        "test_rounds.py::test_a_scheduled_round_ends_at_once_while_another_is_under_way",
    ),
    "a round hangs, or the system kills a run (memory)": (
        "test_catch_up.py::test_a_round_of_our_own_without_progress_is_ended_with_its_children_and_reported",
        "test_service.py::test_a_run_that_is_killed_is_reported_and_that_runs_work_again",
    ),
    "checking one page kills the process each time": (
        "test_rounds.py::test_an_authority_whose_check_kills_the_process_comes_last_and_operators_are_notified_of_it",
    ),
    "a check fails": ("test_service.py::test_a_check_that_fails_is_found_among_those_that_failed",),
    "the settings change while the service runs": (
        "test_schedule.py::test_settings_that_change_are_taken_over_by_the_running_service",
        "test_schedule.py::test_settings_that_are_wrong_are_said_and_the_earlier_ones_go_on",
    ),
    "a process uses older settings than the file": (
        "test_who_is_alerted.py::test_what_waits_for_a_recipient_is_not_cancelled_by_who_knows_older_settings",
    ),
    "another program takes the UI's port while the service starts": (
        "test_catch_up.py::test_what_listens_at_a_port_is_ours_only_where_our_child_does",
        "test_service.py::test_the_port_of_another_prefect_is_refused",
    ),
    "another program has the website's port, or its address is not this machine's": (
        "test_website_server.py::test_a_port_that_another_program_has_is_said_once_and_taken_when_it_is_free",
        "test_website_server.py::test_an_address_that_is_not_this_machines_is_refused_in_a_line",
        "test_doctor_website.py::test_an_address_that_is_not_to_be_had_is_wrong",
        "test_service.py::test_the_website_is_served_once_the_settings_ask_for_it_and_the_service_outlives_its_faults",
    ),
    "the website's server dies": (
        "test_website_server.py::test_it_is_served_before_it_is_written_and_started_again_when_it_dies",
        "test_service.py::test_the_website_is_served_once_the_settings_ask_for_it_and_the_service_outlives_its_faults",
    ),
    "a page of the website is replaced while someone reads it": (
        "test_server.py::test_a_page_that_is_replaced_while_it_is_sent_comes_whole_in_one_of_its_states",
        "test_server.py::test_a_state_of_the_same_size_and_second_is_another",
    ),
    "`up` starts among the settings of another Prefect": (
        "test_surroundings.py::test_nothing_lands_in_the_place_of_another",
        "test_surroundings.py::test_it_says_what_is_ignored_and_where_the_artifacts_are",
    ),
    "a setting takes its secret from a `PREFECT_*` variable": (
        "test_environment.py::test_a_secret_in_a_variable_of_prefects_is_refused_in_a_line_that_says_what_to_do",
    ),
    "`up` starts without a settings file": (
        "test_surroundings.py::test_runs_are_made_by_the_settings_of_the_environment_and_of_the_folder_it_stood_in",
    ),
    "the first check was made before `up` was started": (
        "test_surroundings.py::test_all_artifacts_are_there_before_a_check_though_the_first_was_made_without_prefect",
    ),
    "Prefect's server dies before, during or after a check": (
        "test_prefect_gone.py::test_killed_between_two_checks_one_is_made_without_prefect_and_the_next_goes_on_as_before",
        "test_prefect_gone.py::test_killed_during_a_check_the_report_is_announced_once_and_no_run_stays_under_way",
    ),
    "a Prefect server that somebody else runs is away": (
        "test_existing_prefect.py::test_up_waits_for_a_server_that_is_away_and_then_uses_it",
        "test_existing_prefect.py::test_the_server_may_go_away_and_come_back",
    ),
    "it is too old, refuses the login, or is no Prefect server": (
        "test_prefect_api.py::test_whatever_is_no_server_for_us_is_said_in_one_line_with_what_to_do",
        "test_prefect_api.py::test_a_server_of_a_version_that_does_not_work_is_refused_with_the_oldest_that_does",
    ),
    "others have deployments of our names there, or use our work pool": (
        "test_existing_prefect.py::test_another_installation_is_refused_with_what_to_do",
        "test_existing_prefect.py::test_a_work_pool_that_others_use_is_refused",
        "test_existing_prefect.py::test_work_of_others_is_as_it_was",
    ),
    "a worker there was started without our settings": (
        "test_installation_id.py::test_a_worker_that_was_started_without_the_settings_is_told_what_it_lacks",
    ),
    "you wait for a run, and the server is away or the run stands still": (
        "test_followed_run.py::test_a_server_that_is_away_for_a_while_is_waited_for",
        "test_followed_run.py::test_one_that_stands_still_is_given_up_and_what_is_left_is_checked_here",
        "test_followed_run.py::test_a_service_that_ends_meanwhile_leaves_the_rest_to_us",
    ),
    "the worker dies during a check": (
        "test_service.py::test_a_worker_killed_in_the_middle_of_a_check_leaves_no_run_under_way",
    ),
    "the service is killed, also while it registers a changed schedule": (
        "test_service.py::test_a_persons_pause_lasts_over_a_killed_service_and_nothing_is_left_under_way",
        "test_prefect_gone.py::test_a_pause_lasts_although_the_service_is_killed_while_it_registers_a_schedule",
    ),
    "the demo is ended at any moment": (
        "test_demo.py::test_processes_that_were_just_begun_are_ended_too",
        "test_demo.py::test_the_demo_leaves_no_process_behind",
    ),
    "two checks at once, from two processes or from the UI and a terminal": (
        "test_checks_at_once.py::test_two_checks_at_once_from_two_processes_never_overlap",
        "test_prefect_gone.py::test_a_check_from_the_ui_and_one_from_a_terminal_at_once_are_both_made_and_announced_once",
    ),
    "a scheduled check while another is under way, suspended or killed": (
        "test_checks_at_once.py::test_a_scheduled_check_finds_another_one_busy_at_once_and_a_killed_one_gone",
        "test_checks_at_once.py::test_a_check_that_is_stopped_keeps_its_place_and_goes_on_when_it_is_woken",
    ),
    "a process is suspended while it sends a message": (
        "test_sending.py::test_one_that_is_stopped_while_it_sends_is_not_overtaken_however_long_it_sleeps",
    ),
    "two machines of one name use one database, as containers do": (
        "test_leases.py::test_a_machine_of_the_same_name_that_sees_none_of_our_processes_takes_nothing",
        "test_sending.py::test_a_machine_of_the_same_name_does_not_send_what_another_one_is_sending",
    ),
    "a lock cannot be given back": (
        "test_leases.py::test_what_could_not_be_given_back_is_free_for_others_at_once",
    ),
    "a check breaks off or sleeps, and another takes its lock": (
        "test_checks_at_once.py::test_a_check_that_breaks_off_does_not_end_the_one_that_took_its_place",
        "test_checks_at_once.py::test_a_check_that_slept_while_another_took_its_place_writes_nothing_more",
    ),
    "the clocks change in March and October": (
        "test_time_off.py::test_a_night_in_which_the_clock_changes_has_each_check_once_and_each_alert_once",
    ),
    "a year passes": (
        "test_year.py::test_after_a_year_a_round_costs_what_it_did_and_old_checks_have_gone",
        "test_service.py::test_runs_of_last_month_are_deleted_and_every_page_stays",
        "test_logs.py::test_a_log_over_the_limit_is_emptied_while_its_process_writes_on",
    ),
    "another version is installed": (
        "test_upgrade.py::test_every_command_shows_what_it_showed",
        "test_upgrade.py::test_what_was_pending_is_sent_as_it_was_and_nothing_is_announced_again",
    ),
    "the machine is off for two days, or a week": (
        "test_time_off.py::test_after_a_week_off_one_check_and_one_digest_each_bring_all_that_happened",
        "test_checks_at_once.py::test_late_runs_of_two_days_become_one_check",
    ),
    "the clock was hours ahead and is set back while the service runs": (
        "test_wrong_clock.py::test_the_site_is_asked_at_once_where_the_clock_was_hours_ahead_at_the_last_request",
        "test_catch_up.py::test_a_round_that_was_due_is_started_through_prefect_once_and_then_without_it",
    ),
    "the clock was days ahead for one check": (
        "test_wrong_clock.py::test_what_waits_goes_out_at_once_and_the_false_times_are_shown_until_then",
        "test_deliveries.py::test_times_that_a_wrong_clock_wrote_are_found_and_brought_back",
        "test_wrong_clock.py::test_a_digest_comes_at_its_own_time",
        "test_wrong_clock.py::test_a_scheduled_check_is_not_skipped_for_one_that_began_in_the_future",
        "test_wrong_clock.py::test_a_silence_after_it_is_noticed_in_its_time",
        "test_http_state.py::test_a_time_that_a_wrong_clock_wrote_is_not_waited_for",
    ),
}

PROMISES: dict[str, tuple[str, ...]] = {
    "Only https and only Ofsted's two hosts are asked. Redirects elsewhere are not followed.": (
        "test_hosts.py::test_a_redirect_to_elsewhere_is_not_followed",
        "test_hosts.py::test_an_address_that_leads_astray_is_on_none_of_our_hosts",
    ),
    "What is checked is what is asked: no spelling of an address shows us one host and leads to another.": (
        "test_hosts.py::test_whoever_sends_the_request_sees_the_host_that_we_checked",
    ),
    "No private, loopback or link-local address is asked, also not one wrapped in IPv6.": (
        "test_hosts.py::test_a_name_that_leads_to_a_private_address_is_not_asked",
        "test_hosts.py::test_a_file_is_not_fetched_from_a_private_address",
    ),
    "The address is checked again once the connection stands, so a name that turns private in between gets no request.": (
        "test_hosts.py::test_a_name_that_turns_private_between_two_questions_is_not_asked",
    ),
    "The same holds for Teams webhooks and the heartbeat, which follow no redirect.": (
        "test_hosts.py::test_a_webhook_on_a_private_address_is_not_posted_to",
        "test_hosts.py::test_a_heartbeat_on_a_private_address_is_not_called",
        "test_hosts.py::test_a_heartbeat_is_not_led_elsewhere",
    ),
    "A page, a file or robots.txt that is too large, also unpacked, is given up while it comes.": (
        "test_limits.py::test_a_page_without_end_is_given_up_while_it_comes",
        "test_limits.py::test_a_file_without_end_is_given_up_while_it_comes_and_leaves_nothing",
        "test_limits.py::test_what_is_packed_is_measured_unpacked_while_it_comes",
        "test_limits.py::test_robots_without_measure_hold_up_no_check",
    ),
    "Bodies of redirects, and answers of webhooks and of the heartbeat, are not read to their end.": (
        "test_limits.py::test_the_body_of_a_redirect_is_not_read",
        "test_limits.py::test_an_answer_of_a_webhook_without_end_is_not_read_to_its_end",
        "test_limits.py::test_an_answer_to_the_heartbeat_without_end_is_not_read",
    ),
    "Headers and replies that drip are given up in time.": (
        "test_limits.py::test_headers_that_drip_end_in_time",
        "test_limits.py::test_an_email_server_whose_reply_drips_is_left_in_time",
    ),
    "A page built to take hours is `unrecognised` within seconds, and its entities do not multiply.": (
        "test_limits.py::test_a_page_nested_without_end_is_strange_and_not_a_crash",
        "test_limits.py::test_a_page_made_to_be_read_for_ever_is_read_or_refused_soon",
        "test_limits.py::test_entities_of_a_page_do_not_multiply",
    ),
    "The end of a page and of a PDF is searched for in time that grows with the length alone.": (
        "test_proof.py::test_what_follows_the_end_is_said_and_the_proven_list_believed",
        "test_files.py::test_a_file_made_to_be_searched_for_ever_is_refused_soon",
    ),
    "What a server says of a file's version is sent back unchanged or not at all.": (
        "test_files.py::test_what_was_said_is_sent_back_as_it_is_or_not_at_all",
    ),
    "A PDF is opened in a process of its own, with limits on time, memory and pages and none of our environment.": (
        "test_sandbox.py::test_the_child_sees_none_of_our_secrets",
    ),
    "That process can open no file, use no network and start or reach no other process, where the system offers the means.": (
        "test_wall.py::test_behind_all_walls_nothing_is_done",
        "test_wall.py::test_nor_is_it_for_another_user_than_root",
        "test_wall.py::test_each_wall_alone_refuses_what_it_is_said_to",
        "test_wall.py::test_without_walls_all_of_it_is_done",
        "test_unit.py::test_the_process_that_reads_is_walled_in_under_it_as_without_it",
    ),
    "Where the system lacks one of the means, the others hold, reading goes on, and `doctor` says so.": (
        "test_wall.py::test_where_the_kernel_has_no_landlock_the_others_stand",
        "test_wall.py::test_where_seccomp_is_refused_the_others_stand",
        "test_wall.py::test_where_libseccomp_is_not_installed_that_is_said",
        "test_doctor.py::test_which_walls_stand_around_the_process_that_reads_is_said",
    ),
    "Scraped words are harmless in email, cards, Markdown, text and headers.": (
        "test_renderers.py::test_every_event_is_harmless_as_html",
        "test_renderers.py::test_every_event_is_harmless_as_a_card",
        "test_renderers.py::test_every_event_is_harmless_as_markdown",
        "test_renderers.py::test_every_event_is_a_sound_email",
    ),
    "From the page to email, card, terminal, JSON, logs, previews and file names, words stay words.": (
        "test_hostile_words.py::test_an_email_has_our_headers_alone_and_its_page_nothing_that_acts",
        "test_hostile_words.py::test_a_card_mentions_nobody_and_links_only_where_the_report_is",
        "test_hostile_words.py::test_a_terminal_is_shown_plain_words",
        "test_hostile_words.py::test_json_is_one_document_and_its_words_are_plain",
        "test_hostile_words.py::test_logs_are_plain",
        "test_hostile_words.py::test_files_are_named_by_us",
    ),
    "No cell of an exported table is a formula, and none links anywhere but to a plain https address.": (
        "test_table_files.py::test_no_cell_begins_a_formula_and_both_files_show_the_same",
        "test_table_files.py::test_only_a_plain_https_address_can_be_clicked",
        "test_export.py::test_what_means_harm_on_the_page_is_text_in_every_file",
    ),
    "It listens on 127.0.0.1. With another `--host` and no login `up` is refused, exit 2.": (
        "test_canary.py::test_a_service_open_to_others_without_a_login_is_refused",
    ),
    "With a login (`[ui]`) its API answers nothing without it, and checks, sending and the command line work.": (
        "test_ui.py::test_without_the_login_nothing_is_answered",
        "test_ui.py::test_with_the_login_checks_are_run_by_the_worker",
    ),
    "A change needs a token that pages of other sites cannot have, with or without a login.": (
        "test_ui.py::test_a_page_of_another_site_can_start_nothing",
    ),
    "Another program on its port is not taken for the server and does not get the login.": (
        "test_canary.py::test_a_port_that_another_program_has_does_not_get_the_login",
    ),
    "Hostile words in results are shown as words: no script, no address of theirs asked, no link.": (
        "test_ui.py::test_the_ui_shows_hostile_words_as_words",
    ),
    "Prefect's server gets no secret but the login. Flow runs get those that a setting names and no others.": (
        "test_environment.py::test_what_flow_runs_need_of_our_settings_is_not_for_the_server",
        "test_environment.py::test_a_secret_that_no_setting_names_is_handed_to_nobody",
    ),
    "The login is in no command line, log or database.": (
        "test_ui.py::test_no_secret_is_in_what_the_service_wrote_or_started",
    ),
    "The login of a server that somebody else runs is written nowhere, and is on no command line.": (
        "test_existing_prefect.py::test_the_login_is_written_nowhere_and_is_on_no_command_line",
    ),
    "Only GET and HEAD are answered, and only with files of its folder: nothing hidden, no list of a folder, nothing by way of a link, whatever the path.": (
        "test_server.py::test_it_can_only_be_read",
        "test_server.py::test_nothing_else_is_there",
        "test_server.py::test_a_path_of_any_length_is_no_page",
    ),
    "Every answer, errors too, tells browsers to run and load nothing but the website's own, in no frame, and to send no address on.": (
        "test_server.py::test_every_answer_closes_the_page_to_all_that_is_not_its_own",
        "test_server.py::test_what_is_no_request_is_refused_with_the_same_headers",
    ),
    "A forged host name leads nobody astray.": (
        "test_server.py::test_a_folder_without_its_slash_leads_on_relatively_whatever_host_is_named",
    ),
    "Someone who sends or takes nothing is cut off in time, and 200 readers at once do not wait for them.": (
        "test_server.py::test_someone_who_sends_or_takes_nothing_is_cut_off_in_time",
        "test_server.py::test_of_more_readers_than_it_can_take_some_are_put_off_and_more_are_cut",
        "test_server.py::test_two_hundred_readers_at_once_are_served_beside_some_that_take_nothing",
    ),
    "Its server gets no secret, no setting but address and folder, and no proxy.": (
        "test_website_server.py::test_its_process_gets_no_secret_of_ours_and_no_proxy",
    ),
    "Nothing about who reads it is written down.": (
        "test_server.py::test_nothing_of_who_reads_it_is_written_down",
    ),
    "Whatever keeps it from being served stops neither checks nor alerts.": (
        "test_service.py::test_the_website_is_served_once_the_settings_ask_for_it_and_the_service_outlives_its_faults",
    ),
    "Nobody else is called. Prefect's telemetry is off, its UI is the one without analytics, and its server is kept from asking GitHub.": (
        "test_ui.py::test_the_service_talks_to_nobody_but_itself_and_those_that_are_set",
    ),
    "They are in no log, database, artifact, exception, JSON or screen, whatever fails.": (
        "test_canary.py::test_no_secret_is_written_when_all_goes_well_and_when_nothing_does",
    ),
    "A running service keeps a copy of the settings in use, with any secrets they hold, that only its own user can read (`prefect/settings-in-use.toml` in the data folder).": (
        "test_settings_view.py::test_the_copy_in_use_is_its_owners_alone",
    ),
    "Impossible settings are refused without showing a secret.": (
        "test_canary.py::test_settings_that_cannot_be_used_are_refused_without_their_secret",
    ),
    "They are on no command line.": (
        "test_canary.py::test_no_secret_stands_on_a_command_line_or_in_the_words_for_settings",
    ),
    "A backup holds none of them, and only its owner can read it.": (
        "test_backup.py::test_no_secret_is_in_it_and_those_left_out_are_named",
        "test_backup.py::test_it_is_a_plain_tar_for_its_owner_with_hashes_that_any_program_checks",
    ),
    "`data_dir` is created for the service's user alone.": (
        "test_canary.py::test_the_data_folder_is_for_its_owner_alone",
    ),
}
