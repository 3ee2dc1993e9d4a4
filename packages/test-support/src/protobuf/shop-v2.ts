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
 *   string note = 7;
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
  'CgpzaG9wLnByb3RvEgRzaG9wIrMCCgVPcmRlchIOCgJpZBgBIAEoCVICaWQSFAoFY2VudHMYAiABKANSBWNlbnRzEiYKBWxpbmVzGAMgAygLMhAuc2hvcC5PcmRlci5MaW5lUgVsaW5lcxIpCgR0YWdzGAQgAygLMhUuc2hvcC5PcmRlci5UYWdzRW50cnlSBHRhZ3MSFAoEY2FyZBgFIAEoCUgAUgRjYXJkEhQKBGNhc2gYBiABKAhIAFIEY2FzaBISCgRub3RlGAcgASgJUgRub3RlGjcKCVRhZ3NFbnRyeRIQCgNrZXkYASABKAlSA2tleRIUCgV2YWx1ZRgCIAEoBVIFdmFsdWU6AjgBGjAKBExpbmUSEAoDc2t1GAEgASgJUgNza3USFgoGYW1vdW50GAIgASgNUgZhbW91bnRCBgoEcGFpZCJjCgZSZWZ1bmQSDgoCaWQYASABKAlSAmlkEisKBnJlYXNvbhgCIAEoCzITLnNob3AuUmVmdW5kLlJlYXNvblIGcmVhc29uGhwKBlJlYXNvbhISCgR0ZXh0GAEgASgJUgR0ZXh0YgZwcm90bzM=',
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
  note: string;
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
