/**
 * Generated code of `protoc-gen-es` for this file, written out by hand:
 *
 * ```proto
 * syntax = "proto3";
 * package shop;
 * message Order {
 *   message Line { string sku = 1; uint32 amount = 2; }
 *   string id = 1;
 *   int64 cents = 2;
 *   repeated Line lines = 3;
 *   map<string, int32> tags = 4;
 *   oneof paid { string card = 5; bool cash = 6; }
 * }
 * message Refund {
 *   message Reason { string text = 1; }
 *   string id = 1;
 *   Reason reason = 2;
 * }
 * ```
 */
import type { Message } from '@bufbuild/protobuf';
import { fileDesc, type GenFile, type GenMessage, messageDesc } from '@bufbuild/protobuf/codegenv2';

export const shopFile: GenFile = fileDesc(
  'CgpzaG9wLnByb3RvEgRzaG9wIp8CCgVPcmRlchIOCgJpZBgBIAEoCVICaWQSFAoFY2VudHMYAiABKANSBWNlbnRzEiYKBWxpbmVzGAMgAygLMhAuc2hvcC5PcmRlci5MaW5lUgVsaW5lcxIpCgR0YWdzGAQgAygLMhUuc2hvcC5PcmRlci5UYWdzRW50cnlSBHRhZ3MSFAoEY2FyZBgFIAEoCUgAUgRjYXJkEhQKBGNhc2gYBiABKAhIAFIEY2FzaBo3CglUYWdzRW50cnkSEAoDa2V5GAEgASgJUgNrZXkSFAoFdmFsdWUYAiABKAVSBXZhbHVlOgI4ARowCgRMaW5lEhAKA3NrdRgBIAEoCVIDc2t1EhYKBmFtb3VudBgCIAEoDVIGYW1vdW50QgYKBHBhaWQiYwoGUmVmdW5kEg4KAmlkGAEgASgJUgJpZBIrCgZyZWFzb24YAiABKAsyEy5zaG9wLlJlZnVuZC5SZWFzb25SBnJlYXNvbhocCgZSZWFzb24SEgoEdGV4dBgBIAEoCVIEdGV4dGIGcHJvdG8z',
);

export interface Line extends Message<'shop.Order.Line'> {
  sku: string;
  amount: number;
}

export interface Order extends Message<'shop.Order'> {
  id: string;
  cents: bigint;
  lines: Line[];
  tags: { [key: string]: number };
  paid: { value: string; case: 'card' } | { value: boolean; case: 'cash' } | { case: undefined; value?: undefined };
}

export interface Reason extends Message<'shop.Refund.Reason'> {
  text: string;
}

export interface Refund extends Message<'shop.Refund'> {
  id: string;
  reason?: Reason;
}

export const OrderSchema: GenMessage<Order> = messageDesc(shopFile, 0);
export const LineSchema: GenMessage<Line> = messageDesc(shopFile, 0, 0);
export const RefundSchema: GenMessage<Refund> = messageDesc(shopFile, 1);
export const ReasonSchema: GenMessage<Reason> = messageDesc(shopFile, 1, 0);
